"""What the store holds that no instant changes, read once and brought up to date by what was written since."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from tesuri.flows.clocks.clock_facts import clocks_for, read_clocks
from tesuri.flows.site.lasting import Change, patched
from tesuri.model.clock import Clock
from tesuri.model.finding import Finding
from tesuri.model.identifiers import FindingKey, GroupKey
from tesuri.ports import GroupName, Reader

WHOLE_ABOVE = 0.25
"""Where a larger share of the findings changed, everything is read anew: one question and not many."""


@dataclass(frozen=True, slots=True)
class Register:
    """Findings with their clocks and the names of their groups, as of one transaction of the journal."""

    transaction: int
    link: bytes
    """Of the journal's chain at that transaction: another journal has another one."""
    findings: tuple[Finding, ...]
    """Every current episode, open or closed, and every past one, by key."""
    clocks: Mapping[FindingKey, Clock]
    groups: Mapping[GroupKey, GroupName]


def read_register(reader: Reader, *, known: Sequence[Finding] | None = None) -> Register:
    """Read everything; `known` are the findings where they were just read.

    **cost** one pass over the findings and over the clock events of the journal.
    """
    transaction = reader.head()[0]
    return Register(
        transaction=transaction,
        link=reader.link(transaction),
        findings=tuple(reader.listed_findings() if known is None else known),
        clocks=read_clocks(reader),
        groups=reader.groups(),
    )


@dataclass(frozen=True, slots=True)
class Renewal:
    """A register as it is now, with how it came from the one before."""

    register: Register
    change: Change | None
    """None where it was read whole, and where it is the same one."""


def renew_register(
    register: Register, reader: Reader, *, whole_above: float = WHOLE_ABOVE
) -> Register:
    """Give the register as it is now, equal to reading it whole."""
    return follow_register(register, reader, whole_above=whole_above).register


def follow_register(
    register: Register, reader: Reader, *, whole_above: float = WHOLE_ABOVE
) -> Renewal:
    """Give the register as it is now, equal to reading it whole, and what changed.

    It is read whole where the journal does not go on from it, as after a backup was put back, and where much changed.
    **cost** in proportion to the findings that were written of since, beside one copy of the register.
    """
    transaction = reader.head()[0]
    if reader.link(register.transaction) != register.link:
        return Renewal(read_register(reader), None)
    if transaction == register.transaction:
        return Renewal(register, None)
    keys = reader.changed_findings(register.transaction)
    if len(keys) > whole_above * len(register.findings):
        return Renewal(read_register(reader), None)
    changed = list(reader.listed_findings(keys))
    # An episode that a later one replaced has no event of its own.
    replaced = {each.regression_of for each in changed if each.regression_of is not None}
    changed += reader.listed_findings(replaced.difference(keys))
    after = {each.key: each for each in sorted(changed, key=lambda each: each.key)}
    # What others took up is a finding no more.
    gone = set(keys).difference(after)
    clocks = {**register.clocks, **clocks_for(reader, keys)}
    for key in gone:
        clocks.pop(key, None)
    known = _known(register.findings, {*after, *gone})
    change = Change(known, after, register.clocks, clocks)
    return Renewal(
        Register(
            transaction=transaction,
            link=reader.link(transaction),
            findings=patched(register.findings, change),
            clocks=clocks,
            # A group may have another title though nothing was written of its findings.
            groups=reader.groups(),
        ),
        change,
    )


def _known(
    findings: tuple[Finding, ...], keys: AbstractSet[FindingKey]
) -> Mapping[FindingKey, Finding]:
    found: dict[FindingKey, Finding] = {}
    for key in sorted(keys):
        place = bisect_left(findings, key, key=lambda known: known.key)
        if place < len(findings) and findings[place].key == key:
            found[key] = findings[place]
    return found
