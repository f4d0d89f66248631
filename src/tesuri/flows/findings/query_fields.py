"""The fields of the query language: what each word means of a finding, and which values it takes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from difflib import get_close_matches
from enum import StrEnum

from tesuri.flows.site.survey import seconds_late
from tesuri.model.clock import Interval
from tesuri.model.decision import Outcome
from tesuri.model.errors import BadInput
from tesuri.model.finding import Finding, State, Work
from tesuri.model.identifiers import finding_name, group_name
from tesuri.model.observation import Kind
from tesuri.model.severity import Severity
from tesuri.model.workspace import Workspace
from tesuri.routing.glob import is_glob, matches
from tesuri.triage.aliases import normal_id

NONE = "none"
"""Value of a field that a finding has not got: owner:none, due:none."""

NEW_FOR = timedelta(days=7)
"""How long a finding counts as new."""

_UNIT_SECONDS = {"h": 3_600, "d": 86_400, "w": 604_800}


@dataclass(frozen=True, slots=True)
class Subject:
    """A finding with what a query may ask of it beyond the record."""

    finding: Finding
    due_at: datetime | None
    late: Interval | None
    """When it was, is or will be overdue last, while it is open."""
    team: str
    is_exploited: bool = False


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What names mean here: instant, workspace, and the words that findings have."""

    now: datetime
    workspace: Workspace
    words: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Field → every value that some finding has, folded; for fields with open values."""


Test = Callable[[Subject], bool]


@dataclass(frozen=True, slots=True)
class Field:
    """One word before the colon."""

    make: Callable[[str, str, Vocabulary], Test]
    """From comparison sign and value to a test. **raises** BadInput for a value that it has not."""
    aspect: str | Mapping[str, str]
    """What its tests look at of a finding, for all values or by the value."""
    has_order: bool = False
    """Whether < and > mean something."""

    def aspect_of(self, value: str) -> str:
        """Give what the test of a value looks at."""
        return self.aspect if isinstance(self.aspect, str) else self.aspect[value]


def refuse(what: str, value: str, known: Iterable[str], *, remedy: str = "") -> BadInput:
    """Give the error for a word that nobody knows, with the nearest one that is known."""
    words = sorted(set(known))
    near = get_close_matches(value, words, n=1, cutoff=0.5)
    if near:
        return BadInput(what, remedy=f"Did you mean {near[0]}?")
    listed = f"It is one of {', '.join(words[:12])}." if words else ""
    return BadInput(what, remedy=remedy or listed)


def _ranked(
    name: str, order: Sequence[StrEnum | None], read: Callable[[Subject], StrEnum | None]
) -> Field:
    """A field whose values have an order, most urgent first in `order`; > means more urgent."""
    place = {NONE if word is None else word.value: number for number, word in enumerate(order)}
    # By identity: hashing a member for each finding would cost more than the comparison.
    place_of = {id(word): number for number, word in enumerate(order)}

    def make(sign: str, value: str, _: Vocabulary) -> Test:
        if value not in place:
            raise refuse(f"{name} cannot be {value!r}.", value, place)
        wanted = place[value]
        compare = _COMPARISONS[sign]
        return lambda subject: compare(wanted, place_of[id(read(subject))])

    return Field(make, name, has_order=True)


def _listed(name: str, words: type[StrEnum], read: Callable[[Subject], StrEnum]) -> Field:
    """A field with a closed list of values."""
    values = {each.value: each for each in words}

    def make(_: str, value: str, __: Vocabulary) -> Test:
        if value not in values:
            raise refuse(f"{name} cannot be {value!r}.", value, values)
        wanted = values[value]
        return lambda subject: read(subject) is wanted

    return Field(make, name)


def _named(name: str, read: Callable[[Finding], Iterable[str]], aspect: str = "") -> Field:
    """A field whose values are the names that findings have; `*` stands for any letters."""

    def make(_: str, value: str, vocabulary: Vocabulary) -> Test:
        known = vocabulary.words.get(name, frozenset())
        if known and value != NONE and not any(matches(value, word) for word in known):
            raise refuse(f"No finding has the {name} {value!r}.", value, known)
        return lambda subject: _is_named(value, read(subject.finding))

    return Field(make, aspect or name)


def _is_named(value: str, names: Iterable[str]) -> bool:
    folded = [name.casefold() for name in names if name]
    if value == NONE:
        return not folded
    return any(matches(value, name) for name in folded)


def _service(_: str, value: str, vocabulary: Vocabulary) -> Test:
    known = {each.casefold() for each in vocabulary.workspace.services}
    known |= vocabulary.words.get("service", frozenset())
    if value != NONE and not any(matches(value, word) for word in known):
        raise refuse(f"There is no service {value!r}.", value, known)
    return lambda subject: _is_named(value, [subject.finding.service or ""])


def _owner(_: str, value: str, vocabulary: Vocabulary) -> Test:
    if value == NONE:
        return lambda subject: not subject.team
    teams = {
        name.casefold(): str(team.id)
        for team in vocabulary.workspace.teams.values()
        for name in (team.name_ja, team.name, team.id)
        if name
    }
    chosen = frozenset(team for name, team in teams.items() if matches(value, name))
    if not chosen:
        raise refuse(f"There is no team {value!r}.", value, teams)
    return lambda subject: subject.team in chosen


def _seconds(value: str, name: str) -> int:
    number, unit = value[:-1], value[-1:]
    if not (number.isascii() and number.isdigit() and unit in _UNIT_SECONDS) or len(number) > 5:
        raise BadInput(
            f"{name} cannot be {value!r}.",
            remedy=f"Write a length of time: {name}:<7d, or 12h, 2w.",
        )
    return int(number) * _UNIT_SECONDS[unit]


def _due(sign: str, value: str, vocabulary: Vocabulary) -> Test:
    if value == NONE:
        return lambda subject: subject.due_at is None
    edge = vocabulary.now + timedelta(seconds=_seconds(value, "due"))
    compare = _COMPARISONS["<" if sign == "=" else sign]
    return lambda subject: (
        subject.due_at is not None and compare(subject.due_at.timestamp(), edge.timestamp())
    )


def _age(sign: str, value: str, vocabulary: Vocabulary) -> Test:
    wanted = _seconds(value, "age")
    compare = _COMPARISONS["<" if sign == "=" else sign]
    return lambda subject: compare(
        (vocabulary.now - subject.finding.opened_at).total_seconds(), wanted
    )


def _late(sign: str, value: str, vocabulary: Vocabulary) -> Test:
    wanted = _seconds(value, "late")
    compare = _COMPARISONS[">" if sign == "=" else sign]

    def test(subject: Subject) -> bool:
        late = seconds_late(subject.late, vocabulary.now)
        return late > 0 and compare(late, wanted)

    return test


def _flag(name: str, tests: Mapping[str, Test], aspects: Mapping[str, str]) -> Field:
    def make(_: str, value: str, __: Vocabulary) -> Test:
        if value not in tests:
            raise refuse(f"{name} cannot be {value!r}.", value, tests)
        return tests[value]

    return Field(make, aspects)


def _is_new(_: str, __: str, vocabulary: Vocabulary) -> Test:
    return lambda subject: vocabulary.now - subject.finding.opened_at <= NEW_FOR


def _is(sign: str, value: str, vocabulary: Vocabulary) -> Test:
    if value == "new":
        return _is_new(sign, value, vocabulary)
    if value == "late":
        return lambda subject: seconds_late(subject.late, vocabulary.now) > 0
    if value not in _IS:
        raise refuse(f"is cannot be {value!r}.", value, (*_IS, "late", "new"))
    return _IS[value]


def _advisory(_: str, value: str, __: Vocabulary) -> Test:
    wanted = normal_id(value)
    return lambda subject: any(
        matches(value, name.casefold()) or normal_id(name) == wanted
        for name in (*subject.finding.advisories, subject.finding.rule)
    )


def _asset(_: str, value: str, __: Vocabulary) -> Test:
    """Part of the name is enough: assets have long ones."""
    if is_glob(value):
        return lambda subject: matches(value, subject.finding.asset.casefold())
    return lambda subject: value in subject.finding.asset.casefold()


def _package_names(finding: Finding) -> tuple[str, ...]:
    """Give a package's name alone and with its namespace, as npm, Go and Maven write it."""
    name, namespace = finding.package, finding.package_namespace
    return (name, f"{namespace}/{name}", f"{namespace}:{name}") if namespace else (name,)


_SEVERITIES = sorted(Severity, key=lambda each: each.rank)

_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "=": lambda one, other: one == other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}

_IS: Mapping[str, Test] = {
    "unowned": lambda subject: subject.finding.service is None,
    "stale": lambda subject: subject.finding.is_stale,
    "exploited": lambda subject: subject.is_exploited,
    "back": lambda subject: subject.finding.regression_of is not None,
    "neutral": lambda subject: subject.finding.is_neutral,
}

EXPLOITED = "exploited"
"""What the feeds say: the one value that needs more than the finding."""

_IS_ASPECTS: Mapping[str, str] = {
    "new": "opened",
    "unowned": "service",
    "late": "late",
    "stale": "marks",
    EXPLOITED: "advisories",
    "back": "marks",
    "neutral": "marks",
}

_HAS_ASPECTS: Mapping[str, str] = {
    "waiver": "waiver",
    "fix": "fix",
    "due": "due",
    "owner": "service",
}

_HAS: Mapping[str, Test] = {
    "waiver": lambda subject: subject.finding.waiver is not None,
    "fix": lambda subject: bool(subject.finding.has_fix or subject.finding.fixed_versions),
    "due": lambda subject: subject.due_at is not None,
    "owner": lambda subject: subject.finding.service is not None,
}

FIELDS: Mapping[str, Field] = {
    "severity": _ranked(
        "severity",
        _SEVERITIES,
        lambda subject: subject.finding.severity,
    ),
    "outcome": _ranked("outcome", [None, *Outcome], lambda subject: subject.finding.outcome),
    "state": _listed("state", State, lambda subject: subject.finding.state),
    "work": _listed("work", Work, lambda subject: subject.finding.work),
    "kind": _listed("kind", Kind, lambda subject: subject.finding.kind),
    "owner": Field(_owner, "team"),
    "service": Field(_service, "service"),
    "tool": _named("tool", lambda finding: finding.tools, "tools"),
    "objective": _named("objective", lambda finding: [finding.objective or ""]),
    "waiver": _named("waiver", lambda finding: [finding.waiver or ""]),
    "package": _named("package", _package_names),
    "rule": _named("rule", lambda finding: [finding.rule]),
    "id": _named("id", lambda finding: [finding_name(finding.key)]),
    "group": _named("group", lambda finding: [group_name(finding.group)]),
    "asset": Field(_asset, "asset"),
    "advisory": Field(_advisory, "advisories"),
    "due": Field(_due, "due", has_order=True),
    "age": Field(_age, "opened", has_order=True),
    "late": Field(_late, "late", has_order=True),
    "is": Field(_is, _IS_ASPECTS),
    "has": _flag("has", _HAS, _HAS_ASPECTS),
}
"""Every word that may stand before a colon."""

OPEN_WORDS: Mapping[str, Callable[[Finding], Iterable[str]]] = {
    "tool": lambda finding: finding.tools,
    "service": lambda finding: [finding.service or ""],
    "package": _package_names,
    "objective": lambda finding: [finding.objective or ""],
}
"""Fields of which a value that no finding has is an error; waiver, rule and id then just match nothing."""
