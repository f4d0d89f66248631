"""Explain a denial: which policy and statement, each condition's truth, who owns it, and how to ask for a waiver.

It takes a CloudTrail record, a decoded authorization message, or the text that a person was shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from tesuri.controls.scp.denial import (
    Denial,
    is_denial,
    read_denial,
    request_of_decoded,
    request_of_denial,
)
from tesuri.controls.scp.generate import sid_of
from tesuri.flows.organization.simulate_policy import simulate_policy
from tesuri.model.control import Control
from tesuri.model.errors import BadInput
from tesuri.model.scp import (
    Organization,
    ScpAnswer,
    ScpDecision,
    ScpPolicy,
    ScpRequest,
    StatementTruth,
    Truth,
)
from tesuri.subjects.cloudtrail.recorded_call import recorded_call
from tesuri.subjects.cloudtrail.records import RecordedEvent, read_records
from tesuri.untrusted.json_document import read_json
from tesuri.untrusted.shape import text
from tesuri.untrusted.text_document import read_text

_MAX_BYTES: Final = 4_000_000
_OTHERS_IN_FORCE: Final = "the message says that no policy allows it, and a statement that was given denies it, so other policies were in force"
_GIVE_POLICIES: Final = "Name the policies with --organization or --policy."


class Certainty(StrEnum):
    """How sure an explanation is."""

    CERTAIN = "certain"
    """The statement denies the request."""
    LIKELY = "likely"
    """The only statement that can have denied it, by what the message says."""
    POSSIBLE = "possible"
    """One of several; what was recorded does not tell them apart."""
    NONE = "none"
    """No service control policy that was given denies it, or the text tells too little."""


@dataclass(frozen=True, slots=True)
class DenialExplanation:
    """Everything that is known of one denial."""

    certainty: Certainty
    reason: str
    principal: str
    action: str
    resource: str
    account: str
    policy_kind: str
    policy_id: str
    statements: tuple[StatementTruth, ...]
    """Those that denied or can have; the surest first."""
    owner: str = ""
    ask: str = ""
    control: Control | None = None
    remedy: str = ""
    """What to do to learn more, where the text tells too little."""


@dataclass(frozen=True, slots=True)
class _Case:
    """What was given, read."""

    denial: Denial
    requests: tuple[ScpRequest, ...]


def explain_denial(
    data: bytes,
    *,
    where: str,
    policies: Sequence[ScpPolicy],
    organization: Organization | None,
    controls: Sequence[Control] = (),
) -> DenialExplanation:
    """Explain one denial.

    **raises** BadInput when the bytes hold neither text nor a record, or more records than one refused call.
    """
    case = _case(data, where)
    if not case.requests:
        return _unexplained(case, _too_little(case.denial), _how_to_learn(case.denial))
    if case.denial.blames_another:
        kind = case.denial.policy_kind
        return _unexplained(case, f"the message blames another kind of policy: {kind}", "")
    if not policies and organization is None:
        return _unexplained(case, "no policy was given to look for it in", _GIVE_POLICIES)
    answers = [_answer(each, policies, organization) for each in case.requests]
    statements = () if _says_nothing_allows(case.denial) else _suspects(answers, case.denial)
    if not statements:
        return _without_statement(case, answers, organization)
    return _explained(case, statements, organization, controls)


def _answer(
    request: ScpRequest, policies: Sequence[ScpPolicy], organization: Organization | None
) -> ScpAnswer:
    try:
        return simulate_policy(request, policies=policies, organization=organization)
    except BadInput as problem:
        return ScpAnswer(ScpDecision.UNKNOWN, (problem.what,))


def _case(data: bytes, where: str) -> _Case:
    words = read_text(data, where=where, max_bytes=_MAX_BYTES)
    if words.lstrip()[:1] not in "{[":
        if not is_denial(words):
            raise BadInput(
                "This is neither a CloudTrail record nor the text of a denial.",
                where=where,
                remedy="Give the record, or the text as the program printed it.",
            )
        denial = read_denial(words)
        request = request_of_denial(denial)
        return _Case(denial, (request,) if request else ())
    document = read_json(data, where=where, max_bytes=_MAX_BYTES)
    inner = text(document, "DecodedMessage")
    if inner:
        document = read_json(inner.encode(), where=f"{where}#/DecodedMessage")
    decoded = request_of_decoded(document)
    if decoded:
        return _Case(Denial(is_explicit=decoded[1]), (decoded[0],))
    return _recorded_case(data, where)


def _recorded_case(data: bytes, where: str) -> _Case:
    events = [each for each in read_records(data, where=where) if isinstance(each, RecordedEvent)]
    refused = [each for each in events if text(each.fields, "errorCode")] or events
    if len(refused) != 1:
        raise BadInput(
            f"The file holds {len(refused)} calls; one denial is explained at a time.",
            where=where,
            remedy="Keep the record in question.",
        )
    call = recorded_call(refused[0].fields)
    denial = read_denial(call.message)
    requests = call.requests
    if denial.action:
        requests = tuple(replace(each, action=denial.action) for each in requests)
    named = replace(denial, principal=denial.principal or call.principal, action=call.action)
    return _Case(named, requests)


def _says_nothing_allows(denial: Denial) -> bool:
    """Whether the message rules a denying statement out: Amazon names that first."""
    return denial.is_implicit and not denial.is_explicit


def _suspects(answers: Sequence[ScpAnswer], denial: Denial) -> tuple[StatementTruth, ...]:
    """Give the statements that denied; else those that can have, when the message does not rule them out."""
    found = [each for answer in answers for each in answer.considered]
    if denial.policy_id:
        named = [each for each in found if each.policy.id == denial.policy_id]
        # Without a policy of that id it can only be one whose id nobody declared.
        found = named or [each for each in found if not each.policy.id]
    sure = tuple(each for each in found if each.truth is Truth.TRUE)
    return sure or tuple(each for each in found if each.truth is Truth.UNKNOWN)


def _explained(
    case: _Case,
    statements: tuple[StatementTruth, ...],
    organization: Organization | None,
    controls: Sequence[Control],
) -> DenialExplanation:
    first = statements[0]
    by_sid = {sid_of(control.id): control for control in controls}
    by_id: dict[str, Control] = {control.id: control for control in controls}
    control = by_sid.get(first.statement.sid) or by_id.get(first.policy.control)
    owner = first.policy.owner or (control.answerable if control else "")
    declared = organization.owner if organization else ""
    certainty = _certainty(first, statements, case.denial)
    is_unsure = certainty is not Certainty.CERTAIN
    return replace(
        _facts(case),
        certainty=certainty,
        reason=_elimination(statements),
        statements=statements,
        owner=owner or declared,
        ask=first.policy.ask or (organization.ask if organization else ""),
        control=control,
        remedy=_how_to_learn(case.denial) if case.denial.is_encoded and is_unsure else "",
    )


def _certainty(
    first: StatementTruth, statements: Sequence[StatementTruth], denial: Denial
) -> Certainty:
    if first.truth is Truth.TRUE:
        return Certainty.CERTAIN
    is_blamed = denial.is_explicit and bool(denial.policy_kind)
    return Certainty.LIKELY if len(statements) == 1 and is_blamed else Certainty.POSSIBLE


def _elimination(statements: Sequence[StatementTruth]) -> str:
    if statements[0].truth is Truth.TRUE:
        return "the statement denies this request"
    if len(statements) == 1:
        return "no other statement can have denied it"
    return f"{len(statements)} statements can have denied it"


def _facts(case: _Case) -> DenialExplanation:
    request = case.requests[0] if case.requests else None
    denial = case.denial
    return DenialExplanation(
        Certainty.NONE,
        "",
        principal=request.principal if request else denial.principal,
        action=request.action if request else denial.action,
        resource=(request.resource if request else denial.resource) or "",
        account=request.account if request else "",
        policy_kind=denial.policy_kind,
        policy_id=denial.policy_id,
        statements=(),
    )


def _unexplained(case: _Case, reason: str, remedy: str) -> DenialExplanation:
    return replace(_facts(case), reason=reason, remedy=remedy)


def _too_little(denial: Denial) -> str:
    if denial.is_encoded:
        return "the reason is in an encoded message, which must be decoded first"
    return "the text names neither who was denied nor what"


def _how_to_learn(denial: Denial) -> str:
    if denial.is_encoded:
        return (
            "Decode it in its account with: aws sts decode-authorization-message --encoded-message TEXT, "
            "and give the output to this command."
        )
    return "Give the CloudTrail record of the call: it shows the principal, the action and what was recorded."


def _without_statement(
    case: _Case, answers: Sequence[ScpAnswer], organization: Organization | None
) -> DenialExplanation:
    """Explain what no denying statement explains: a level that allows too little, or nothing at all."""
    refusal = next((each for each in answers if each.decision is ScpDecision.DENY), None)
    if refusal is not None and _says_nothing_allows(case.denial) and refusal.decisive is not None:
        return _unexplained(case, _OTHERS_IN_FORCE, _GIVE_POLICIES)
    if refusal is not None and not case.denial.is_explicit:
        return replace(
            _unexplained(case, refusal.why, ""),
            certainty=Certainty.CERTAIN,
            owner=organization.owner if organization else "",
            ask=organization.ask if organization else "",
        )
    if case.denial.policy_kind:
        reason = "the message blames a service control policy that was not given here"
        return _unexplained(case, reason, _GIVE_POLICIES)
    return _unexplained(case, answers[0].why, "")
