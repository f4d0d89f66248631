"""Answers of service control policies for people: the decision, the statement, each condition's truth."""

from typing import Final

from rich.console import Console

from tesuri.cli.state import Session
from tesuri.cli.terminal import console, say
from tesuri.flows.organization.explain_denial import Certainty, DenialExplanation
from tesuri.model.scp import (
    ConditionTruth,
    ScpAnswer,
    ScpDecision,
    ScpTarget,
    StatementTruth,
    TargetKind,
    Truth,
)
from tesuri.wording.phrases import Phrases, msg

DECISIONS: Final = {
    ScpDecision.DENY: msg("denied"),
    ScpDecision.NOT_DENIED: msg("not denied by a service control policy"),
    ScpDecision.UNKNOWN: msg("nobody can tell"),
}
_STYLES: Final = {
    ScpDecision.DENY: "bold red",
    ScpDecision.NOT_DENIED: "green",
    ScpDecision.UNKNOWN: "yellow",
}
_TRUTHS: Final = {
    Truth.TRUE: msg("true"),
    Truth.FALSE: msg("false"),
    Truth.UNKNOWN: msg("unknown"),
}
_CERTAINTIES: Final = {
    Certainty.CERTAIN: msg("Certain"),
    Certainty.LIKELY: msg("Likely"),
    Certainty.POSSIBLE: msg("Possible"),
    Certainty.NONE: msg("Not explained"),
}
_KINDS: Final = {
    TargetKind.ROOT: msg("root {name}"),
    TargetKind.UNIT: msg("unit {name}"),
    TargetKind.ACCOUNT: msg("account {name}"),
    TargetKind.FILES: msg("the given files"),
}
_INDENT: Final = 2


def write_answer(session: Session, answer: ScpAnswer) -> None:
    """Write what `simulate` found."""
    out, phrases = console(session.colour), session.phrases
    say(out, phrases.gettext(DECISIONS[answer.decision]), _STYLES[answer.decision])
    for reason in answer.reasons:
        say(out, phrases.said(reason), indent=_INDENT)
    for found in [answer.decisive] if answer.decisive else answer.considered:
        _write_statement(out, phrases, found)


def write_explanation(session: Session, found: DenialExplanation) -> None:
    """Write what `explain` found."""
    out, phrases = console(session.colour), session.phrases
    head = phrases.gettext(_CERTAINTIES[found.certainty])
    say(out, f"{head}: {phrases.said(found.reason)}", "bold")
    facts = (
        (msg("Principal"), found.principal),
        (msg("Action"), found.action),
        (msg("Resource"), found.resource),
        (msg("Policy that the message names"), _blamed(found)),
        (msg("Control"), found.control.text(session.language) if found.control else ""),
        (msg("Owner"), found.owner),
        (msg("To ask for a waiver"), found.ask),
    )
    for statement in found.statements:
        _write_statement(out, phrases, statement)
    for label, value in facts:
        if value:
            say(out, f"{phrases.gettext(label)}: {value}", indent=_INDENT)
    if found.statements and not found.ask:
        say(out, phrases.gettext(_ASK), "dim", indent=_INDENT)
    if found.remedy:
        say(out, phrases.said(found.remedy), indent=_INDENT)


def _blamed(found: DenialExplanation) -> str:
    return f"{found.policy_kind} {found.policy_id}".strip()


_ASK: Final = msg(
    "How to ask for a waiver is not declared: write ask: under policies: in organization.yaml."
)


def _write_statement(out: Console, phrases: Phrases, found: StatementTruth) -> None:
    name = found.statement.sid or str(found.statement.index)
    place = phrases.gettext(
        "{policy}, statement {name}, {target}: {truth}",
        policy=found.policy.name,
        name=name,
        target=target_text(phrases, found.target),
        truth=phrases.gettext(_TRUTHS[found.truth]),
    )
    say(out, place, "bold", indent=_INDENT)
    for part, truth in ((msg("Action"), found.action), (msg("Resource"), found.resource)):
        line = f"{phrases.gettext(part)}: {phrases.gettext(_TRUTHS[truth])}"
        say(out, line, indent=2 * _INDENT)
    for condition in found.conditions:
        say(out, _condition(phrases, condition), indent=2 * _INDENT)


def target_text(phrases: Phrases, target: ScpTarget) -> str:
    """Give where policies are attached, in the reader's language."""
    template = _KINDS[target.kind]
    if target.kind is TargetKind.FILES:
        return phrases.gettext(template)
    return phrases.gettext(template, name=target.name)


def _condition(phrases: Phrases, found: ConditionTruth) -> str:
    line = phrases.gettext(
        "{operator} {key}: {truth} (wanted {wanted}; request {actual})",
        operator=found.operator,
        key=found.key,
        truth=phrases.gettext(_TRUTHS[found.truth]),
        wanted=", ".join(found.wanted),
        actual="-" if found.actual is None else ", ".join(found.actual),
    )
    return f"{line} {phrases.said(found.note)}" if found.note else line
