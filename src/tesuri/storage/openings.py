"""Writing the findings that a scan opens: journal, current rows and sightings, each with one statement.

`events_of` says the same as events; a test compares both roads.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

import orjson
from sqlalchemy import Connection

from tesuri.model.event import Event, EventKind
from tesuri.model.finding import State, Work
from tesuri.model.opening import FirstDecision, Opening, Openings, SharedFacts
from tesuri.storage import journal
from tesuri.storage.bulk import Alike, insert_behind
from tesuri.storage.columns import Columns, Values, columns_of
from tesuri.storage.instants import to_seconds
from tesuri.storage.tables import finding, sighting
from tesuri.storage.texts import storable

_OPEN, _NEW = State.OPEN.value, Work.NEW.value
_AT_FIRST: Mapping[str, Alike] = {
    "episode": 1,
    "is_current": True,
    "state": _OPEN,
    "work": _NEW,
    "closed_at": None,
    "is_stale": False,
    "regression_of": None,
    "waiver": None,
    "merged_into": None,
}
_OWN = ("id", "identity", "title", "detail")
_SHARED = ("kind", "rule", "severity", "work_group", "asset", "service", "owner_source", "score")
_DECIDED = ("due_at", "outcome", "objective", "decision")
_FINDING = Columns(finding.name, (*_OWN, *_SHARED, *_DECIDED))
_SIGHTING = columns_of(sighting, "scope", "first_scan", "missed_scan", "absent_scan")


def open_findings(connection: Connection, openings: Openings, recorded_at: datetime) -> None:
    """Write everything about these findings as one link of the journal."""
    if not openings.findings:
        return
    # The rest is written while this process makes what comes next, so nothing else may be asked in between.
    link = journal.open_link(connection, recorded_at)
    at = {"opened_at": to_seconds(openings.opened_at), "is_neutral": openings.is_neutral}
    insert_behind(connection, _FINDING, list(_finding_rows(openings)), alike={**_AT_FIRST, **at})
    scan = {"scope": openings.scope, "first_scan": openings.scan}
    gone: Mapping[str, Alike] = {"missed_scan": None, "absent_scan": None}
    seen = [(each.key, each.here) for each in openings.findings]
    insert_behind(connection, _SIGHTING, seen, alike={**scan, **gone})
    journal.write_link(connection, link, list(_opened_rows(openings, link.key)))


def events_of(openings: Openings) -> Iterator[Event]:
    """Give the same as events: first what was opened, then what was decided."""
    at = openings.opened_at
    for each in openings.findings:
        payload: Mapping[str, object] = _opened(openings, each)
        yield Event(EventKind.OPENED, at, openings.actor, each.key, payload=payload)
    for each in openings.findings:
        made = each.shared.decision
        if made is not None:
            said = _decided(made)
            yield Event(EventKind.DECIDED, at, journal.TRIAGE, each.key, made.reason, said)


def _opened(openings: Openings, each: Opening) -> dict[str, object]:
    shared = each.shared
    # In the order of the keys, so that nothing has to be sorted; `decided` comes before them.
    return {
        "finding": {
            "asset": shared.asset,
            "detail": each.detail,
            "episode": 1,
            "identity": each.identity.hex(),
            "is_current": True,
            "is_neutral": openings.is_neutral,
            "is_stale": False,
            "kind": shared.kind,
            "opened_at": to_seconds(openings.opened_at),
            "owner_source": shared.owner_source,
            "regression_of": None,
            "rule": shared.rule,
            "score": shared.score,
            "service": shared.service,
            "severity": shared.severity,
            "state": _OPEN,
            "title": each.title,
            "work": _NEW,
            "work_group": shared.group,
        },
        "seen": {
            "detail": each.here,
            "is_new": True,
            "scan": openings.scan,
            "scope": openings.scope,
        },
    }


def _decided(made: FirstDecision) -> dict[str, object]:
    return {
        "objective_seconds": made.objective_seconds,
        "outcome_before": None,
        "set": {
            "decision": made.decision,
            "due_at": to_seconds(made.due_at) if made.due_at else None,
            "objective": made.objective,
            "outcome": made.outcome.value,
        },
    }


def _opened_rows(openings: Openings, link: int) -> Iterator[Values]:
    """Give one row for each finding: a first decision has none of its own (`journal.events_in`)."""
    kind, at = EventKind.OPENED.value, to_seconds(openings.opened_at)
    actor = storable(openings.actor[:128])
    forms = _Forms(openings)
    titles = _Written()
    for key, identity, title, detail, here, shared in openings.findings:
        first, second, third, fourth = forms[shared]
        text = (
            f"{first}{_json(detail)}{second}{identity.hex()}{third}{titles[title]}"
            f"{fourth}{_json(here)}{forms.last}"
        )
        yield (link, kind, key, at, actor, "", text)


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


class _Written(dict[str | None, str]):
    """Texts as JSON; each is written once."""

    def __missing__(self, value: str | None) -> str:
        text = self[value] = _json(value)
        return text


class _Forms(dict[SharedFacts, tuple[str, str, str, str]]):
    """What stands in a payload between the values that are a finding's own; each form is written once.

    What `_opened` says, key by key.
    """

    def __init__(self, openings: Openings) -> None:
        super().__init__()
        self._at = to_seconds(openings.opened_at)
        self._is_neutral = _json(openings.is_neutral)
        self._written = _Written()
        self.last = f',"is_new":true,"scan":{openings.scan},"scope":{openings.scope}}}}}'

    def __missing__(self, shared: SharedFacts) -> tuple[str, str, str, str]:
        written, made = self._written, shared.decision
        decided = "" if made is None else f'"{journal.DECIDED}":{_decided_text(made).decode()},'
        form = self[shared] = (
            f'{{{decided}"finding":{{"asset":{written[shared.asset]},"detail":',
            ',"episode":1,"identity":"',
            (
                f'","is_current":true,"is_neutral":{self._is_neutral},"is_stale":false,"kind":{written[shared.kind]},'
                f'"opened_at":{self._at},"owner_source":{written[shared.owner_source]},"regression_of":null,'
                f'"rule":{written[shared.rule]},"score":{_json(shared.score)},"service":{written[shared.service]},'
                f'"severity":{written[shared.severity]},"state":"{_OPEN}","title":'
            ),
            f',"work":"{_NEW}","work_group":{shared.group}}},"seen":{{"detail":',
        )
        return form


def _decided_text(made: FirstDecision) -> bytes:
    return orjson.dumps({**_decided(made), "reason": storable(made.reason)}, option=_SORTED)


_SORTED = orjson.OPT_SORT_KEYS


def _finding_rows(openings: Openings) -> Iterator[Values]:
    columns = _SharedColumns()
    for key, identity, title, detail, _, shared in openings.findings:
        yield (key, identity, storable(title), detail, *columns[shared])


class _SharedColumns(dict[SharedFacts, Values]):
    """The columns that findings share, as a store takes them; each is looked at once."""

    def __missing__(self, shared: SharedFacts) -> Values:
        columns = self[shared] = (
            shared.kind,
            storable(shared.rule),
            shared.severity,
            shared.group,
            storable(shared.asset),
            None if shared.service is None else storable(shared.service),
            storable(shared.owner_source),
            shared.score,
            *_decision_columns(shared.decision),
        )
        return columns


def _decision_columns(made: FirstDecision | None) -> Values:
    """Give due date, outcome, objective and decision."""
    if made is None:
        return (None, None, None, None)
    due = to_seconds(made.due_at) if made.due_at else None
    return (due, made.outcome.value, made.objective, made.decision)
