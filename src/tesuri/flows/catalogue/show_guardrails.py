"""The matrix of controls and points at a policy state: what stops a mistake, where first, and for how much of what we run."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from tesuri.flows.catalogue.control_area import area_of
from tesuri.flows.catalogue.control_coverage import CoverageRow, control_coverage
from tesuri.flows.catalogue.control_standings import (
    control_standings,
    findings_by_control,
    gate_answers,
)
from tesuri.flows.site.scope import Scope
from tesuri.flows.site.survey import derive, state_of
from tesuri.model.control import Control, Point
from tesuri.model.errors import BadInput
from tesuri.model.framework import Framework
from tesuri.model.identifiers import ControlId, ServiceId, WaiverId
from tesuri.model.objective import PolicyState, worst_policy_state
from tesuri.model.severity import Severity
from tesuri.model.views_guardrails import (
    Area,
    ControlStanding,
    FacetWord,
    GuardrailFilter,
    GuardrailRow,
    GuardrailsView,
    Strength,
)
from tesuri.ports import Reader
from tesuri.untrusted.shape import text

_WORDS: Final[Mapping[str, AbstractSet[str]]] = {
    "severity": frozenset(Severity),
    "area": frozenset(Area),
    "point": frozenset(Point),
    "strength": frozenset(Strength),
}
_FACETS: Final = ("strength", "severity", "area", "point", "framework")


@dataclass(frozen=True, slots=True)
class Answering:
    """The controls with the frameworks that they answer to."""

    controls: Sequence[Control]
    frameworks: Sequence[Framework]


def show_guardrails(
    scope: Scope,
    reader: Reader,
    catalogue: Answering,
    *,
    state: PolicyState | None,
    asked: GuardrailFilter,
) -> GuardrailsView:
    """Give the matrix of a scope; `state` None is the one that its gates follow now.

    **raises** BadInput for a word of the filter that does not exist.
    """
    _check_words(asked, catalogue.frameworks)
    current = scope_state(scope)
    chosen = current if state is None else state
    rows = derive(
        scope.survey,
        ("guardrail-rows", scope.team, chosen, len(catalogue.controls)),
        lambda: _rows(scope, reader, catalogue.controls, chosen),
    )
    answering = _answering(catalogue)
    return GuardrailsView(
        state=chosen,
        current=current,
        counts=Counter(row.strength for row in rows),
        rows=tuple(row for row in rows if _matches(row, asked, answering)),
        facets={
            name: _facet(name, rows, asked, answering, catalogue.frameworks) for name in _FACETS
        },
        point_shares=point_shares(scope, reader),
        asked=asked,
    )


def scope_state(scope: Scope) -> PolicyState:
    """Give the worst policy state of the services of a scope; the workspace's default without any."""
    states = [state_of(scope.survey, service)[0] for service in scope.declared_services]
    if not states:
        return scope.survey.workspace.default_policy_state
    return worst_policy_state(tuple(states))


def point_shares(scope: Scope, reader: Reader) -> Mapping[Point, Fraction]:
    """Give for each gate the share of the scope's assets whose service it answered."""
    return {
        point: _share(scope, services)
        for point, services in _answered_services(reader).items()
        if scope.sights
    }


def _answered_services(reader: Reader) -> Mapping[Point, AbstractSet[ServiceId]]:
    found: dict[Point, set[ServiceId]] = {}
    for event in gate_answers(reader):
        point, service = text(event.payload.get("point")), text(event.payload.get("service"))
        if point in set(Point) and service:
            found.setdefault(Point(point), set()).add(ServiceId(service))
    return found


def _share(scope: Scope, services: AbstractSet[ServiceId]) -> Fraction:
    seen = sum(sight.service in services for sight in scope.sights)
    return Fraction(seen, len(scope.sights))


def _rows(
    scope: Scope, reader: Reader, controls: Sequence[Control], state: PolicyState
) -> Sequence[GuardrailRow]:
    known = frozenset(control.id for control in controls)
    standings = control_standings(scope, reader, known)
    hiding = hiding_waivers(scope, known)
    answered = _answered_services(reader)
    by_id = {control.id: control for control in controls}
    rows = [
        _row(each, by_id[each.control], scope, answered)
        for each in control_coverage(controls, state)
    ]
    told = [
        replace(
            row,
            standing=standings.get(row.control, ControlStanding()),
            waivers=tuple(sorted(hiding.get(row.control, ()))),
        )
        for row in rows
    ]
    areas = list(Area)
    return sorted(told, key=lambda row: (areas.index(row.area), row.severity.rank, row.control))


def _row(
    covered: CoverageRow,
    control: Control,
    scope: Scope,
    answered: Mapping[Point, AbstractSet[ServiceId]],
) -> GuardrailRow:
    gates = [answered[point] for point in covered.acting if point in answered]
    share = _share(scope, frozenset().union(*gates)) if gates and scope.sights else None
    return GuardrailRow(
        control=control.id,
        title=control.title,
        severity=control.severity,
        resource=control.resource,
        area=area_of(control),
        strength=covered.strength,
        cells=covered.cells,
        share=share,
        standing=ControlStanding(),
        waivers=(),
    )


def hiding_waivers(
    scope: Scope, known: AbstractSet[ControlId]
) -> Mapping[ControlId, AbstractSet[WaiverId]]:
    """Give the waivers of each control: those that hide one of its findings, and those whose scope names it."""
    found: dict[ControlId, set[WaiverId]] = {}
    for control, findings in findings_by_control(scope, known).items():
        hiding = {each.waiver for each in findings if each.waiver is not None}
        if hiding:
            found.setdefault(control, set()).update(hiding)
    for waiver in scope.survey.workspace.waivers:
        for control in known:
            if f"'{control}'" in waiver.scope or f'"{control}"' in waiver.scope:
                found.setdefault(control, set()).add(waiver.id)
    return found


def _answering(catalogue: Answering) -> Mapping[ControlId, AbstractSet[str]]:
    """Give the frameworks that each control answers to; those that include one of them, too."""
    including = {
        framework.id: {
            framework.id,
            *(each.id for each in catalogue.frameworks if framework.id in each.includes),
        }
        for framework in catalogue.frameworks
    }
    return {
        control.id: frozenset().union(*(including.get(name, set()) for name in control.maps))
        for control in catalogue.controls
    }


def _check_words(asked: GuardrailFilter, frameworks: Iterable[Framework]) -> None:
    known = {**_WORDS, "framework": {framework.id for framework in frameworks}}
    for name, words in known.items():
        word = getattr(asked, name)
        if word and word not in words:
            raise BadInput(
                f"There is no {name} {word!r}.",
                where=name,
                remedy=f"Known are: {', '.join(sorted(words))}.",
            )


def _matches(
    row: GuardrailRow, asked: GuardrailFilter, answering: Mapping[ControlId, AbstractSet[str]]
) -> bool:
    return all(
        test(row, word, answering)
        for name, test in _TESTS.items()
        if (word := getattr(asked, name))
    )


def _holds(row: GuardrailRow, words: str) -> bool:
    told = " ".join((row.control, row.resource, *row.title.values())).casefold()
    return all(word in told for word in words.casefold().split())


_TESTS: Mapping[str, Callable[[GuardrailRow, str, Mapping[ControlId, AbstractSet[str]]], bool]] = {
    "severity": lambda row, word, _: row.severity == word,
    "area": lambda row, word, _: row.area == word,
    "framework": lambda row, word, answering: word in answering[row.control],
    "point": lambda row, word, _: row.cells[Point(word)].effect != "cannot",
    "strength": lambda row, word, _: row.strength == word,
    "text": lambda row, word, _: _holds(row, word),
}
"""What each word of the filter asks of a row."""


def _facet(
    name: str,
    rows: Sequence[GuardrailRow],
    asked: GuardrailFilter,
    answering: Mapping[ControlId, AbstractSet[str]],
    frameworks: Iterable[Framework],
) -> tuple[FacetWord, ...]:
    others = replace(asked, **{name: ""})
    left = [row for row in rows if _matches(row, others, answering)]
    if name == "framework":
        found = ((each.id, each.title) for each in frameworks)
    else:
        kinds: Mapping[str, Iterable[str]] = {
            "severity": Severity,
            "area": Area,
            "point": Point,
            "strength": Strength,
        }
        found = ((str(word), {}) for word in kinds[name])
    counted = (
        FacetWord(
            word,
            sum(_TESTS[name](row, word, answering) for row in left),
            title,
        )
        for word, title in found
    )
    return tuple(each for each in counted if each.count or each.word == getattr(asked, name))
