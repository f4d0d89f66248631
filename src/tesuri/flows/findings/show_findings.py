"""The list of findings: one page of those that match a query, and what it leaves out, counted."""

import base64
import binascii
import json
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import compress
from typing import Final

from tesuri.flows.findings.find_query import Query, read_query, vocabulary_words
from tesuri.flows.findings.finding_column import Column, Mask, both, places
from tesuri.flows.findings.finding_columns import FindingColumns
from tesuri.flows.findings.finding_rows import (
    RowOrder,
    due_by,
    finding_rows,
    order_by,
    row_order,
    signals_by_key,
)
from tesuri.flows.findings.follow_column import splice_of
from tesuri.flows.findings.query_fields import NONE, Subject, Vocabulary
from tesuri.flows.site.lasting import Change
from tesuri.flows.site.scope import Scope, scope_of
from tesuri.flows.site.survey import Survey, derive_lasting, lateness_of
from tesuri.model.clock import Clock
from tesuri.model.decision import Outcome
from tesuri.model.finding import Finding, State
from tesuri.model.identifiers import TeamId, WaiverId
from tesuri.model.severity import Severity
from tesuri.model.views_findings import (
    Facet,
    FacetValue,
    FindingsView,
    Hidden,
    HiddenReason,
)
from tesuri.model.workspace import Workspace
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
    **cost** one test for each distinct value that the query asks about; feeds are asked once for the rows shown.
    """
    scope = scope_of(survey, team)
    columns = columns_of(scope)
    vocabulary = Vocabulary(survey.now, survey.workspace, vocabulary_words(query, columns))
    asked = read_query(query, vocabulary)
    matching = _mask(columns, reader, asked)
    shown_states = asked.shown_states
    shown = both(matching, columns.mask("state", lambda each: each.finding.state in shown_states))
    start = _place_after(survey, columns, cursor)
    # One more than is shown tells whether there is a next page.
    found = places(shown, start, max(1, limit) + 1)
    page = [columns.subjects[place].finding for place in found[: max(1, limit)]]
    return FindingsView(
        query=asked.text,
        rows=finding_rows(survey, page, signals_by_key(reader, page)),
        total=shown.count(1),
        first=shown.count(1, 0, start) + 1,
        groups=len(set(compress(columns.column("group").codes, shown))),
        hidden=_hidden(columns, matching, asked),
        errors=asked.errors,
        next_cursor=_cursor(row_order(survey, page[-1])) if len(found) > len(page) else "",
        facets=_facets(columns, shown, asked),
        all_findings=len(scope.findings),
        last_scan_at=scope.last_scan_at,
    )


def _hidden(columns: FindingColumns, matching: Mask, asked: Query) -> tuple[Hidden, ...]:
    """Count what matches but is left out, as `hidden_among` does; each finding is looked at only where waivers are."""
    states = columns.column("state")
    counts = dict(
        zip((each.finding.state for each in states.samples), states.counts(matching), strict=True)
    )
    left_out = {
        state for state, count in counts.items() if count and state not in asked.shown_states
    }
    waived = both(matching, columns.mask("waiver", lambda each: each.finding.waiver is not None))
    few = both(waived, columns.mask("state", lambda each: each.finding.state in left_out))
    waivers: dict[State, set[WaiverId]] = defaultdict(set)
    for each in columns.findings(few):
        if each.waiver is not None:
            waivers[each.state].add(each.waiver)
    return tuple(
        _hidden_by(reason, states_of, sum(counts[each] for each in lost), names, asked)
        for reason, states_of in HIDDEN_STATES.items()
        if (lost := [each for each in states_of if each in left_out])
        for names in [sorted({name for each in lost for name in waivers[each]})]
    )


def _hidden_by(
    reason: HiddenReason,
    states: Sequence[State],
    count: int,
    waivers: Sequence[WaiverId],
    asked: Query,
) -> Hidden:
    names = ",".join(state.value for state in states)
    return Hidden(reason, count, f"{asked.text} state:{names}".strip(), tuple(waivers))


def hidden_among(matching: Sequence[Finding], asked: Query) -> tuple[Hidden, ...]:
    """Count what matches but is left out, by reason, each with the query that shows it."""
    found = []
    shown = asked.shown_states
    for reason, states in HIDDEN_STATES.items():
        left_out = [each for each in matching if each.state in states and each.state not in shown]
        if left_out:
            waivers = sorted({each.waiver for each in left_out if each.waiver is not None})
            found.append(_hidden_by(reason, states, len(left_out), waivers, asked))
    return tuple(found)


def findings_matching(scope: Scope, reader: Reader, asked: Query) -> list[Finding]:
    """Give the findings of a scope that fit a query, in any state, most urgent first."""
    columns = columns_of(scope)
    return [*columns.findings(_mask(columns, reader, asked))]


def columns_of(scope: Scope) -> FindingColumns:
    """Give the findings of a scope as columns, most urgent first.

    **cost** sorts all findings, once for what an instant does not change; a team's are taken out of those.
    """
    whole = derive_lasting(
        scope.survey,
        "columns",
        lambda: _whole_columns(scope.survey),
        lambda known, change: _columns_after(known, change, scope.survey.workspace),
    )
    if scope.team is None:
        return whole
    return derive_lasting(scope.survey, ("columns", scope.team), lambda: _of_team(whole, scope))


def open_among(columns: FindingColumns) -> Mask:
    """Give those that are open; waived ones are not among them."""
    return columns.mask("state", lambda each: each.finding.state is State.OPEN)


def _whole_columns(survey: Survey) -> FindingColumns:
    findings = scope_of(survey, None).findings
    return FindingColumns(sorted((subject_of(survey, each) for each in findings), key=_order))


def _columns_after(
    columns: FindingColumns, change: Change, workspace: Workspace
) -> FindingColumns | None:
    """Give the columns after a change; None where they are not those of what was before it."""
    subjects, gone = columns.subjects, []
    for each in change.before.values():
        if each.is_current:
            was = _subject(each, change.clocks_before.get(each.key), workspace)
            place = bisect_left(subjects, _order(was), key=_order)
            if place == len(subjects) or subjects[place] != was:
                return None
            gone.append(place)
    came = (
        _subject(each, change.clocks.get(each.key), workspace)
        for each in change.after.values()
        if each.is_current
    )
    fresh = [
        (bisect_left(subjects, _order(each), key=_order), each) for each in sorted(came, key=_order)
    ]
    return columns.after(splice_of(len(subjects), gone, fresh))


def _order(subject: Subject) -> RowOrder:
    return order_by(subject.due_at, subject.finding)


def _of_team(whole: FindingColumns, scope: Scope) -> FindingColumns:
    return whole.part(whole.mask("service", lambda each: each.finding.service in scope.services))


def _mask(columns: FindingColumns, reader: Reader, asked: Query) -> Mask:
    return asked.mask(_with_feeds(columns, reader) if asked.asks_feeds else columns)


def _with_feeds(columns: FindingColumns, reader: Reader) -> FindingColumns:
    """Give the columns with what the feeds say, which is asked for each distinct set of advisories."""
    column = columns.column("advisories")
    signals = reader.signals([each.finding.advisories for each in column.samples])
    told = [
        replace(each, is_exploited=known.kev is not None)
        for each, known in zip(column.samples, signals, strict=True)
    ]
    return columns.with_column("advisories", Column(column.codes, told))


def subject_of(survey: Survey, finding: Finding) -> Subject:
    """Give a finding as queries see it."""
    return _subject(finding, survey.clocks.get(finding.key), survey.workspace)


def _subject(finding: Finding, clock: Clock | None, workspace: Workspace) -> Subject:
    service = workspace.services.get(finding.service) if finding.service else None
    return Subject(
        finding=finding,
        due_at=due_by(clock, finding),
        late=lateness_of(clock) if finding.state is State.OPEN else None,
        team=str(service.team or "") if service else "",
    )


def _cursor(order: RowOrder) -> str:
    return base64.urlsafe_b64encode(json.dumps(order).encode()).decode().rstrip("=")


def _place_after(survey: Survey, columns: FindingColumns, cursor: str) -> int:
    """Give where the page begins: behind the row of the cursor, also when that row is gone by now."""
    order = _read_cursor(cursor)
    if order is None:
        return 0
    return bisect_right(columns.subjects, order, key=lambda each: row_order(survey, each.finding))


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


_FACETS: Mapping[str, tuple[str, Callable[[Finding], Iterable[str | None]]]] = {
    "severity": ("severity", lambda finding: [finding.severity]),
    "outcome": ("outcome", lambda finding: [finding.outcome]),
    "state": ("state", lambda finding: [finding.state]),
    "kind": ("kind", lambda finding: [finding.kind]),
    "service": ("service", lambda finding: [finding.service]),
    "tool": ("tools", lambda finding: finding.tools),
}
"""Name of each facet → the column that is counted, and the values that a finding has in it."""


_ORDERED: Final = {
    "severity": [str(each.value) for each in sorted(Severity, key=lambda each: each.rank)],
    "outcome": [str(each.value) for each in Outcome],
}
"""Facets whose words have an order of their own; others stand by their number."""


def _facets(columns: FindingColumns, shown: Mask, asked: Query) -> tuple[Facet, ...]:
    return tuple(
        Facet(name, _counted(name, _facet_counts(columns.column(aspect), shown, read), asked))
        for name, (aspect, read) in _FACETS.items()
    )


def _facet_counts(
    column: Column, shown: Mask, read: Callable[[Finding], Iterable[str | None]]
) -> Mapping[str, int]:
    found: dict[str, int] = defaultdict(int)
    for sample, count in zip(column.samples, column.counts(shown), strict=True):
        for value in read(sample.finding) if count else ():
            found[NONE if value is None else str(value)] += count
    return found


def _counted(name: str, found: Mapping[str, int], asked: Query) -> tuple[FacetValue, ...]:
    known = _ORDERED.get(name, ())
    order = {word: place for place, word in enumerate(known)}
    counts = sorted(
        found.items(), key=lambda entry: (order.get(entry[0], len(known)), -entry[1], entry[0])
    )
    return tuple(
        FacetValue(value, count, is_chosen=asked.chooses(name, value))
        for value, count in counts[:_MOST_FACET_VALUES]
    )
