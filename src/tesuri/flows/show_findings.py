"""The list of findings: one page of those that match a query, and what it leaves out, counted."""

import base64
import binascii
import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum

from tesuri.flows.find_query import Query, read_query, vocabulary_words
from tesuri.flows.finding_rows import (
    RowOrder,
    due_of,
    finding_rows,
    in_order,
    row_order,
    signals_by_key,
)
from tesuri.flows.query_fields import NONE, Subject, Vocabulary
from tesuri.flows.scope import Scope, scope_of
from tesuri.flows.survey import Survey, derive, late_seconds
from tesuri.model.decision import Outcome
from tesuri.model.finding import Finding, State
from tesuri.model.identifiers import TeamId
from tesuri.model.observation import Kind
from tesuri.model.severity import Severity
from tesuri.model.views_findings import (
    Facet,
    FacetValue,
    FindingsView,
    Hidden,
    HiddenReason,
)
from tesuri.ports import Reader

HIDDEN_STATES: dict[HiddenReason, tuple[State, ...]] = {
    HiddenReason.WAIVED: (State.WAIVED,),
    HiddenReason.NOT_AFFECTED: (State.NOT_AFFECTED,),
    HiddenReason.FALSE_POSITIVE: (State.FALSE_POSITIVE,),
    HiddenReason.MITIGATED: (State.MITIGATED,),
    HiddenReason.CLOSED: (State.FIXED, State.GONE),
}
_MOST_FACET_VALUES = 12
_LONGEST_CURSOR = 200


def show_findings(
    survey: Survey,
    reader: Reader,
    *,
    team: TeamId | None,
    query: str,
    cursor: str = "",
    limit: int = 50,
) -> FindingsView:
    """Give the page of findings after the cursor; a cursor that nobody gave out is the first page.

    **shape** rows in the order of urgency, due date, severity and key, so that no page repeats a row.
    **cost** one pass over the scope's findings; feeds are asked once for the rows shown.
    """
    scope = scope_of(survey, team)
    vocabulary = Vocabulary(survey.now, survey.workspace, vocabulary_words(query, scope.findings))
    asked = read_query(query, vocabulary)
    matching = findings_matching(scope, reader, asked)
    states = tuple(asked.shown_states)
    shown = [each for each in matching if each.state in states]
    start = _place_after(survey, shown, cursor)
    page = shown[start : start + max(1, limit)]
    has_more = start + len(page) < len(shown)
    return FindingsView(
        query=asked.text,
        rows=finding_rows(survey, page, signals_by_key(reader, page)),
        total=len(shown),
        first=start + 1,
        groups=len({each.group for each in shown}),
        hidden=hidden_among(matching, asked),
        errors=asked.errors,
        next_cursor=_cursor(row_order(survey, page[-1])) if has_more else "",
        facets=_facets(shown, asked),
        all_findings=len(scope.findings),
        last_scan_at=scope.last_scan_at,
    )


def hidden_among(matching: Sequence[Finding], asked: Query) -> tuple[Hidden, ...]:
    """Count what matches but is left out, by reason, each with the query that shows it."""
    found = []
    shown = asked.shown_states
    for reason, states in HIDDEN_STATES.items():
        left_out = [each for each in matching if each.state in states and each.state not in shown]
        if left_out:
            names = ",".join(state.value for state in states)
            waivers = sorted({each.waiver for each in left_out if each.waiver is not None})
            text = f"{asked.text} state:{names}".strip()
            found.append(Hidden(reason, len(left_out), text, tuple(waivers)))
    return tuple(found)


def findings_matching(scope: Scope, reader: Reader, asked: Query) -> list[Finding]:
    """Give the findings of a scope that fit a query, in any state, most urgent first."""
    subjects = derive(
        scope.survey, ("subjects", scope.team, scope.services), lambda: _subjects(scope)
    )
    if asked.asks_feeds:
        signals = signals_by_key(reader, scope.findings)
        exploited = {key for key, known in signals.items() if known.kev is not None}
        subjects = [
            replace(each, is_exploited=True) if each.finding.key in exploited else each
            for each in subjects
        ]
    if not asked.terms:
        return [each.finding for each in subjects]
    return [each.finding for each in subjects if asked.matches(each)]


def _subjects(scope: Scope) -> list[Subject]:
    return [_subject(scope.survey, each) for each in in_order(scope.survey, scope.findings)]


def _subject(survey: Survey, finding: Finding) -> Subject:
    service = survey.workspace.services.get(finding.service) if finding.service else None
    return Subject(
        finding=finding,
        due_at=due_of(survey, finding),
        late_seconds=late_seconds(survey, finding.key) if finding.state is State.OPEN else 0,
        team=str(service.team or "") if service else "",
    )


def _cursor(order: RowOrder) -> str:
    return base64.urlsafe_b64encode(json.dumps(order).encode()).decode().rstrip("=")


def _place_after(survey: Survey, shown: Sequence[Finding], cursor: str) -> int:
    """Give where the page begins: behind the row of the cursor, also when that row is gone by now."""
    order = _read_cursor(cursor)
    if order is None:
        return 0
    return bisect_right(shown, order, key=lambda each: row_order(survey, each))


def _read_cursor(cursor: str) -> RowOrder | None:
    if not cursor or len(cursor) > _LONGEST_CURSOR:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        found: object = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
    except (binascii.Error, UnicodeError, ValueError, RecursionError):
        return None
    if not isinstance(found, list) or [type(part) for part in found] != [int] * 4:
        return None
    urgency, due, severity, key = found
    return (urgency, due, severity, key)


def _facets(shown: Sequence[Finding], asked: Query) -> tuple[Facet, ...]:
    counts: dict[str, Mapping[str | None, int]] = {
        "severity": _members(Severity, (each.severity for each in shown)),
        "outcome": _members(Outcome, (each.outcome for each in shown)),
        "state": _members(State, (each.state for each in shown)),
        "kind": _members(Kind, (each.kind for each in shown)),
        "service": Counter(each.service for each in shown),
        "tool": Counter(tool for each in shown for tool in each.tools),
    }
    return tuple(Facet(name, _counted(name, found, asked)) for name, found in counts.items())


def _members(words: type[StrEnum], found: Iterable[StrEnum | None]) -> Mapping[str | None, int]:
    """Count members of an enumeration by identity: hashing each costs ten times as much."""
    counts = Counter(map(id, found))
    return {word: counts[id(word)] for word in (*words, None) if counts[id(word)]}


def _counted(name: str, found: Mapping[str | None, int], asked: Query) -> tuple[FacetValue, ...]:
    named = [(NONE if value is None else str(value), count) for value, count in found.items()]
    counts = sorted(named, key=lambda entry: (-entry[1], entry[0]))
    return tuple(
        FacetValue(value, count, is_chosen=asked.chooses(name, value))
        for value, count in counts[:_MOST_FACET_VALUES]
    )
