"""What the store holds that no instant changes, read once and brought up to date by what was written since."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from tesuri.flows.clocks.clock_facts import clocks_for, read_clocks
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
    findings: tuple[Finding, ...]
    """Every current episode, open or closed, and every past one, by key."""
    clocks: Mapping[FindingKey, Clock]
    groups: Mapping[GroupKey, GroupName]


def read_register(reader: Reader, *, known: Sequence[Finding] | None = None) -> Register:
    """Read everything; `known` are the findings where they were just read.

    **cost** one pass over the findings and over the clock events of the journal.
    """
    return Register(
        transaction=reader.head()[0],
        findings=tuple(reader.listed_findings() if known is None else known),
        clocks=read_clocks(reader),
        groups=reader.groups(),
    )


def renew_register(
    register: Register, reader: Reader, *, whole_above: float = WHOLE_ABOVE
) -> Register:
    """Give the register as it is now, equal to reading it whole.

    **cost** in proportion to the findings that were written of since, beside one copy of the register.
    """
    transaction = reader.head()[0]
    if transaction == register.transaction:
        return register
    keys = reader.changed_findings(register.transaction)
    if len(keys) > whole_above * len(register.findings):
        return read_register(reader)
    changed = list(reader.listed_findings(keys))
    # An episode that a later one replaced has no event of its own.
    replaced = {each.regression_of for each in changed if each.regression_of is not None}
    changed += reader.listed_findings(replaced.difference(keys))
    # What others took up is a finding no more.
    gone = set(keys).difference(each.key for each in changed)
    clocks = {key: clock for key, clock in register.clocks.items() if key not in gone}
    return Register(
        transaction=transaction,
        findings=_with(_without(register.findings, gone), changed),
        clocks={**clocks, **clocks_for(reader, keys)},
        groups={**register.groups, **reader.groups({each.group for each in changed})},
    )


def _without(findings: tuple[Finding, ...], gone: AbstractSet[FindingKey]) -> tuple[Finding, ...]:
    return tuple(each for each in findings if each.key not in gone) if gone else findings


def _with(findings: tuple[Finding, ...], changed: Sequence[Finding]) -> tuple[Finding, ...]:
    renewed = list(findings)
    fresh = []
    for each in changed:
        place = bisect_left(findings, each.key, key=lambda known: known.key)
        if place < len(findings) and findings[place].key == each.key:
            renewed[place] = each
        else:
            fresh.append(each)
    renewed += fresh
    return tuple(sorted(renewed, key=lambda each: each.key))
