"""The words for every closed set: states, outcomes, severities, answers of decision tables."""

from collections.abc import Mapping
from enum import StrEnum

from tesuri.model.control import GateAnswer, Point
from tesuri.model.decision import Outcome
from tesuri.model.estate import Exposure
from tesuri.model.event import EventKind
from tesuri.model.finding import State, Work
from tesuri.model.objective import PolicyState
from tesuri.model.observation import Kind
from tesuri.model.severity import Severity
from tesuri.model.views_findings import HiddenReason, HistoryKind
from tesuri.wording.gate_words import GATE_WORDS
from tesuri.wording.phrases import Phrases, msg

_WORDS: Mapping[tuple[type, str], str] = {
    **GATE_WORDS,
    (Severity, "critical"): msg("Critical"),
    (Severity, "high"): msg("High"),
    (Severity, "medium"): msg("Medium"),
    (Severity, "unknown"): msg("Severity unknown"),
    (State, "open"): msg("Open"),
    (State, "fixed"): msg("Fixed"),
    (State, "waived"): msg("Waived"),
    (State, "not-affected"): msg("Not affected"),
    (State, "false-positive"): msg("False positive"),
    (State, "mitigated"): msg("Mitigated"),
    (State, "gone"): msg("Gone"),
    (Work, "new"): msg("New"),
    (Work, "triaged"): msg("Triaged"),
    (Work, "in-progress"): msg("In progress"),
    (Work, "awaiting-verification"): msg("Fixed, waits for scan"),
    (Kind, "vulnerability"): msg("Vulnerability"),
    (Kind, "misconfiguration"): msg("Misconfiguration"),
    (Kind, "weakness"): msg("Weakness in code"),
    (Kind, "secret"): msg("Secret"),
    (Kind, "web"): msg("Weakness of a web page"),
    (Kind, "licence"): msg("Licence"),
    (Kind, "other"): msg("Other"),
    (Outcome, "immediate"): msg("Immediate"),
    (Outcome, "out-of-cycle"): msg("Urgent"),
    (Outcome, "scheduled"): msg("Scheduled"),
    (Outcome, "defer"): msg("Defer"),
    (Exposure, "open"): msg("open to the internet"),
    (Exposure, "controlled"): msg("controlled"),
    (Exposure, "small"): msg("internal only"),
    (HiddenReason, "waived"): msg("waived"),
    (HiddenReason, "not-affected"): msg("not affected"),
    (HiddenReason, "false-positive"): msg("false positives"),
    (HiddenReason, "mitigated"): msg("mitigated"),
    (HiddenReason, "closed"): msg("closed"),
    (EventKind, "opened"): msg("Found"),
    (EventKind, "reopened"): msg("Came back"),
    (EventKind, "closed"): msg("Closed"),
    (EventKind, "decided"): msg("Priority decided"),
    (EventKind, "work-changed"): msg("Work moved on"),
    (EventKind, "owner-changed"): msg("Owner changed"),
    (EventKind, "seen-by"): msg("Seen in another scan"),
    (EventKind, "missed"): msg("Missing from a scan"),
    (EventKind, "changed"): msg("Details changed"),
    (EventKind, "group-renamed"): msg("Group renamed"),
    (EventKind, "merged"): msg("Merged with another finding"),
    (EventKind, "unmerged"): msg("Merge undone"),
    (EventKind, "relinked"): msg("Known by another name too"),
    (EventKind, "waived"): msg("Waiver approved"),
    (EventKind, "waiver-ended"): msg("Waiver ended"),
    (EventKind, "stale"): msg("Source became stale"),
    (EventKind, "fresh"): msg("Source reports again"),
    (EventKind, "linked"): msg("Linked"),
    (EventKind, "incident-declared"): msg("Incident declared"),
    (EventKind, "policy-state-changed"): msg("Policy state changed"),
    (EventKind, "gate-answered"): msg("A gate answered"),
    (EventKind, "commented"): msg("Comment"),
    (HistoryKind, "next-scan"): msg("Next scan"),
    (Point, "commit"): msg("commit"),
    (Point, "plan"): msg("plan"),
    (Point, "template"): msg("template"),
    (Point, "admission"): msg("admission"),
    (Point, "scp"): msg("SCP"),
    (Point, "live"): msg("live"),
    (Point, "event"): msg("event"),
}

_FIELDS: Mapping[str, str] = {
    "severity": msg("Severity"),
    "state": msg("State"),
    "work": msg("Work"),
    "outcome": msg("Priority"),
    "objective": msg("Objective"),
    "service": msg("Service"),
    "owner": msg("Owner"),
    "team": msg("Team"),
    "kind": msg("Kind"),
    "tool": msg("Source"),
    "due": msg("Due"),
    "tier": msg("tier"),
    "exposure": msg("exposure"),
    "data_class": msg("data class"),
}

_FACET_SETS: Mapping[str, type[StrEnum]] = {
    "severity": Severity,
    "state": State,
    "kind": Kind,
    "work": Work,
    "outcome": Outcome,
    "exposure": Exposure,
}

_QUESTIONS: Mapping[str, str] = {
    "exploitation": msg("Is it exploited?"),
    "exposure": msg("Who can reach it?"),
    "automatable": msg("Can it be automated?"),
    "human_impact": msg("Whom would it hurt?"),
    "technical_impact": msg("How much control is lost?"),
    "in_kev": msg("Is it in the KEV list?"),
    "publicly_exposed": msg("Is it open to the public?"),
    "mission_and_well_being": msg("Whom would it hurt?"),
}

_OPTIONS: Mapping[str, str] = {
    "active": msg("active"),
    "poc": msg("public exploit"),
    "none": msg("no sign"),
    "open": msg("open"),
    "controlled": msg("controlled"),
    "small": msg("small"),
    "yes": msg("yes"),
    "no": msg("no"),
    "very high": msg("very high"),
    "high": msg("high"),
    "medium": msg("medium"),
    "low": msg("low"),
    "partial": msg("partial"),
    "total": msg("total"),
}

Worded = (
    Severity
    | Kind
    | PolicyState
    | State
    | Work
    | Outcome
    | GateAnswer
    | Exposure
    | HiddenReason
    | EventKind
    | HistoryKind
    | Point
)


def word(phrases: Phrases, value: Worded) -> str:
    """Give the word for a member of a closed set."""
    return _set_word(phrases, type(value), value.value)


def _set_word(phrases: Phrases, kind: type[StrEnum], value: str) -> str:
    if kind is Severity and value == Severity.LOW:
        return phrases.pgettext("severity", "Low")
    return phrases.gettext(_WORDS[kind, value])


def field_word(phrases: Phrases, name: str) -> str:
    """Give the label of a field of the query language; the name itself when it has none."""
    return phrases.gettext(_FIELDS[name]) if name in _FIELDS else name


def question_word(phrases: Phrases, question: str) -> str:
    """Give the question of a decision table as a sentence."""
    return phrases.gettext(_QUESTIONS[question]) if question in _QUESTIONS else question


def option_word(phrases: Phrases, value: str) -> str:
    """Give one answer of a decision table; the table's own word when it has none."""
    key = value.replace("-", " ")
    return phrases.gettext(_OPTIONS[key]) if key in _OPTIONS else value


def facet_value(phrases: Phrases, field: str, value: str) -> str:
    """Give a value of the query language as people read it: state:open is Open."""
    kind = _FACET_SETS.get(field)
    if kind is None or value not in {str(known) for known in kind}:
        return value
    return _set_word(phrases, kind, value)
