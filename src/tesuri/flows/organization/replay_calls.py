"""Replay recorded calls against proposed policies: what they would have denied, and what nobody can tell.

One call touches several resources; it is denied when one of its requests is, undecided when one is and none is denied.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tesuri.flows.organization.simulate_policy import simulate_policy
from tesuri.model.errors import BadInput
from tesuri.model.observation import Skipped
from tesuri.model.scp import Organization, ScpAnswer, ScpDecision, ScpPolicy, Truth
from tesuri.subjects.cloudtrail.recorded_call import RecordedCall, recorded_call
from tesuri.subjects.cloudtrail.records import RecordedEvent, read_records

_RANK: Final = (ScpDecision.NOT_DENIED, ScpDecision.UNKNOWN, ScpDecision.DENY)


@dataclass(frozen=True, slots=True)
class ReplayRow:
    """Calls of one principal with one action that got the same answer from the same statement."""

    decision: ScpDecision
    account: str
    principal: str
    action: str
    policy: str
    statement_index: int | None
    sid: str
    why: str
    was_refused: bool
    """Amazon had refused them at the time already."""


@dataclass(slots=True)
class Replay:
    """What a replay found; filled file by file."""

    records: int = 0
    counts: Counter[ScpDecision] = field(default_factory=Counter)
    rows: Counter[ReplayRow] = field(default_factory=Counter)
    """Denied and undecided calls only."""
    examples: dict[ReplayRow, tuple[str, str]] = field(default_factory=dict)
    """Time and event id of the first call of each row."""
    unknown_keys: Counter[str] = field(default_factory=Counter)
    """Condition key, or "the resource", that the records of undecided calls do not show."""
    out_of_reach: Counter[str] = field(default_factory=Counter)
    """Reason → records that no policy governs."""
    unread: list[tuple[str, str]] = field(default_factory=list)
    """Place and reason of what is no record."""

    @property
    def newly_denied(self) -> int:
        """Calls that went through and would not any more."""
        return sum(
            count
            for row, count in self.rows.items()
            if row.decision is ScpDecision.DENY and not row.was_refused
        )


def replay_file(
    data: bytes,
    replay: Replay,
    *,
    where: str,
    policies: Sequence[ScpPolicy],
    organization: Organization | None,
    at: str = "",
) -> None:
    """Replay the records of one document. **raises** BadInput when it holds none at all."""
    for each in read_records(data, where=where):
        if isinstance(each, Skipped):
            replay.unread.append((f"{where}#{each.pointer}", each.reason))
        else:
            _replay_record(each, replay, policies, organization, at)


def _replay_record(
    event: RecordedEvent,
    replay: Replay,
    policies: Sequence[ScpPolicy],
    organization: Organization | None,
    at: str,
) -> None:
    replay.records += 1
    call = recorded_call(event.fields, organization=organization.id if organization else "")
    reason = call.not_a_call or _reason_out_of_reach(call, organization)
    if reason:
        replay.out_of_reach[reason] += 1
        return
    answers = [
        simulate_policy(each, policies=policies, organization=organization, at=at)
        for each in call.requests
    ]
    answer = max(answers, key=lambda each: _RANK.index(each.decision))
    replay.counts[answer.decision] += 1
    if answer.decision is ScpDecision.NOT_DENIED:
        return
    row = _row(call, answer)
    replay.rows[row] += 1
    replay.examples.setdefault(row, (call.at, call.event_id))
    if answer.decision is ScpDecision.UNKNOWN:
        replay.unknown_keys.update(_unknown_in(answer))


def _reason_out_of_reach(call: RecordedCall, organization: Organization | None) -> str:
    for request in call.requests:
        if request.out_of_reach:
            return request.out_of_reach
    if organization is None:
        return ""
    if call.account == organization.management_account:
        return "the management account is never restricted"
    return "" if call.account in organization.paths else "the account is not in the organization"


def _row(call: RecordedCall, answer: ScpAnswer) -> ReplayRow:
    decisive = answer.decisive
    return ReplayRow(
        answer.decision,
        call.account,
        call.principal,
        call.action,
        decisive.policy.name if decisive else "",
        decisive.statement.index if decisive else None,
        decisive.statement.sid if decisive else "",
        _why(answer),
        call.was_refused,
    )


def _why(answer: ScpAnswer) -> str:
    """Say which conditions decided, without the values that differ from call to call."""
    if not answer.decisive:
        return answer.why
    wanted = Truth.TRUE if answer.decision is ScpDecision.DENY else Truth.UNKNOWN
    keys = [
        f"{each.operator} {each.key}" for each in answer.decisive.conditions if each.truth is wanted
    ]
    if answer.decisive.resource is Truth.UNKNOWN:
        keys.insert(0, "the resource")
    return ", ".join(keys) or "no condition"


def _unknown_in(answer: ScpAnswer) -> Iterable[str]:
    found = {
        each.key
        for statement in answer.considered
        if statement.truth is Truth.UNKNOWN
        for each in statement.conditions
        if each.truth is Truth.UNKNOWN
    }
    if any(
        each.truth is Truth.UNKNOWN and each.resource is Truth.UNKNOWN for each in answer.considered
    ):
        found.add("the resource")
    return found


def replay_totals(replay: Replay, by: str) -> Mapping[str, Mapping[ScpDecision, int]]:
    """Give the denied and undecided calls by principal, action or account, most denied first."""
    found: dict[str, Counter[ScpDecision]] = {}
    for row, count in replay.rows.items():
        key = {"principal": row.principal, "action": row.action, "account": row.account}[by]
        found.setdefault(key, Counter())[row.decision] += count
    order = sorted(found, key=lambda key: (-found[key][ScpDecision.DENY], key))
    return {key: found[key] for key in order}


def need_policies(policies: Sequence[ScpPolicy], organization: Organization | None) -> None:
    """Refuse to ask nothing. **raises** BadInput without policies and without an organization."""
    if not policies and organization is None:
        raise BadInput(
            "There is no policy to ask.",
            where="--policy",
            remedy="Name a policy file, or an organization with --organization.",
        )
