"""The list of findings: one page of those that match a query, and what it leaves out, counted."""

import base64
import binascii
import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence

from tesuri.flows.find_query import Query, read_query, vocabulary_words
from tesuri.flows.finding_rows import (
    RowOrder,
    due_of,
    finding_rows,
    in_order,
    row_order,
    signals_by_key,
)
from tesuri.flows.query_fields import Subject, Vocabulary
from tesuri.flows.scope import Scope, scope_of
from tesuri.flows.survey import Survey, late_seconds
from tesuri.model.finding import Finding, State
from tesuri.model.identifiers import TeamId
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
    states = asked.shown_states
    shown = in_order(survey, (each for each in matching if each.state in states))
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
    """Give the findings of a scope that fit a query, in any state."""
    exploited: set[int] = set()
    if asked.asks_feeds:
        signals = signals_by_key(reader, scope.findings)
        exploited = {key for key, known in signals.items() if known.kev is not None}
    return [
        each
        for each in scope.findings
        if asked.matches(_subject(scope.survey, each, is_exploited=each.key in exploited))
    ]


def _subject(survey: Survey, finding: Finding, *, is_exploited: bool) -> Subject:
    service = survey.workspace.services.get(finding.service) if finding.service else None
    return Subject(
        finding=finding,
        due_at=due_of(survey, finding),
        late_seconds=late_seconds(survey, finding.key) if finding.state is State.OPEN else 0,
        team=str(service.team or "") if service else "",
        is_exploited=is_exploited,
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
    values = {
        "severity": [each.severity.value for each in shown],
        "outcome": [each.outcome.value if each.outcome else "none" for each in shown],
        "state": [each.state.value for each in shown],
        "kind": [each.kind.value for each in shown],
        "service": [each.service or "none" for each in shown],
        "tool": [tool for each in shown for tool in each.tools],
    }
    return tuple(Facet(name, _counted(name, found, asked)) for name, found in values.items())


def _counted(name: str, found: Sequence[str], asked: Query) -> tuple[FacetValue, ...]:
    counts = sorted(Counter(found).items(), key=lambda entry: (-entry[1], entry[0]))
    return tuple(
        FacetValue(value, count, is_chosen=asked.chooses(name, value))
        for value, count in counts[:_MOST_FACET_VALUES]
    )
