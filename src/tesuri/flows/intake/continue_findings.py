"""What a scan changes about findings that the store knows: seen on, back, seen by another tool, missed, closed."""

import json
from dataclasses import dataclass, field
from datetime import datetime

from tesuri.flows.intake.recognise_findings import Arrival, Seen
from tesuri.model.event import Event, EventKind
from tesuri.model.finding import State, Work
from tesuri.model.identifiers import FindingKey, GroupKey
from tesuri.model.standing import ScanPlace, Standing, Unseen
from tesuri.triage.gist import json_text
from tesuri.triage.lifecycle import Sight, on_missed


@dataclass(slots=True)
class Ledger:
    """Events of an arrival and what they add up to."""

    events: list[Event] = field(default_factory=list)
    fresh: list[FindingKey] = field(default_factory=list)
    """Findings whose triage inputs are new."""
    counts: dict[str, int] = field(default_factory=dict)

    def count(self, name: str, more: int = 1) -> None:
        """Count one more of this, or several."""
        self.counts[name] = self.counts.get(name, 0) + more


def open_again(
    key: FindingKey,
    seen: Seen,
    group: GroupKey,
    standing: Standing | None,
    *,
    arrival: Arrival,
    ledger: Ledger,
) -> None:
    """Open the next episode of a finding, or one that later scans no longer contain."""
    place = arrival.place
    previous = int(standing.key) if standing else None
    payload: dict[str, object] = {
        "finding": _body(seen, group, standing, arrival),
        "seen": {**_here(seen, place), "is_new": True},
    }
    if previous is not None:
        payload["regression_of"] = previous
    ledger.events.append(
        Event(
            kind=EventKind.OPENED,
            happened_at=place.scanned_at,
            actor=f"scan:{arrival.tool}",
            finding=key,
            payload=payload,
        )
    )
    ledger.fresh.append(key)
    ledger.count("regressed" if previous is not None else "new")
    if place.clean_after:
        ledger.events.append(_clean_since(key, arrival))


def _clean_since(key: FindingKey, arrival: Arrival) -> Event:
    """Give what later scans, taken in before, say of a finding that only this older scan contains."""
    _, first_clean = arrival.place.clean_after[0]
    payload: dict[str, object] = {"missed": _clean_after(arrival.place)}
    is_closed = len(arrival.place.clean_after) > 1
    if is_closed:
        payload["set"] = _fixed_at(first_clean)
    else:
        payload["set"] = {"work": Work.AWAITING_VERIFICATION.value}
    return Event(
        kind=EventKind.CLOSED if is_closed else EventKind.MISSED,
        happened_at=first_clean,
        actor=f"scan:{arrival.tool}",
        finding=key,
        reason="Later scans, taken in before this one, do not contain it.",
        payload=payload,
    )


def _clean_after(place: ScanPlace) -> dict[str, object]:
    scans = [scan for scan, _ in place.clean_after]
    return {
        "scope": place.scope,
        "scan": scans[0],
        "absent_scan": scans[1] if len(scans) > 1 else None,
    }


def _fixed_at(at: datetime) -> dict[str, object]:
    return {
        "state": State.FIXED.value,
        "closed_at": int(at.timestamp()),
        "is_stale": False,
    }


def _body(
    seen: Seen, group: GroupKey, standing: Standing | None, arrival: Arrival
) -> dict[str, object]:
    gist, placed = seen.gist, seen.placed
    traits = placed.traits
    return {
        "identity": seen.identity.hex(),
        "episode": standing.episode + 1 if standing else 1,
        "is_current": True,
        "kind": traits.kind.value,
        "rule": traits.shown_rule,
        "title": gist.texts.title,
        "severity": traits.severity.value,
        "state": State.OPEN.value,
        "work": Work.NEW.value,
        "work_group": int(group),
        "asset": placed.asset,
        "service": placed.owner.service,
        "owner_source": placed.owner.source,
        "opened_at": int(arrival.place.scanned_at.timestamp()),
        "is_stale": False,
        "is_neutral": arrival.is_undeployed,
        "regression_of": int(standing.key) if standing else None,
        "score": traits.score,
        "detail": gist.texts.detail,
    }


def continue_finding(
    seen: Seen, standing: Standing, sight: Sight, arrival: Arrival, ledger: Ledger
) -> None:
    """Write what a sighting of a known finding changes: mostly nothing."""
    ledger.count(_COUNTED.get(sight, "known"))
    is_elsewhere = arrival.is_undeployed and not standing.is_neutral
    if sight is Sight.PREDATES or is_elsewhere:
        return  # What a change says of a resource that runs is no sighting of it.
    place = arrival.place
    is_older = not place.is_newest and sight is Sight.CONTINUES
    here = _here(seen, place)
    is_told = _is_news(standing.detail_here, seen.gist.texts.here, arrival)
    changes = {} if is_older else _changes(seen, standing, sight, arrival, is_told=is_told)
    payload: dict[str, object] = {}
    if changes:
        payload["set"] = changes
    if not is_older and (is_told or standing.is_missed_here):
        payload["seen"] = {**here, "is_new": standing.detail_here is None}
    if sight is Sight.SEEN_BY_ANOTHER:
        ledger.count("seen_by_another")
        if place.clean_after:
            payload["missed"] = _clean_after(place)
    if not payload and not arrival.is_undeployed:
        return
    ledger.events.append(
        Event(
            kind=_kind_of(sight, has_changes=bool(changes)),
            # A closing that never was so is taken back at its own time: no gap is left.
            happened_at=standing.closed_at
            if sight is Sight.STAYS and standing.closed_at
            else place.scanned_at,
            actor=f"scan:{arrival.tool}",
            finding=standing.key,
            payload=payload,
        )
    )
    if changes:
        ledger.fresh.append(standing.key)


_COUNTED = {Sight.PREDATES: "predating", Sight.REOPENS: "reopened"}


def _kind_of(sight: Sight, *, has_changes: bool) -> EventKind:
    if sight in (Sight.REOPENS, Sight.STAYS):
        return EventKind.REOPENED
    return EventKind.CHANGED if has_changes and sight is Sight.CONTINUES else EventKind.SEEN_BY


def _is_news(before: str | None, now: str, arrival: Arrival) -> bool:
    """Whether the tool tells something else than before; how another form of it words the same is none."""
    if before == now or before is None or not arrival.has_other_forms:
        return before != now
    told, known = json.loads(now), json.loads(before)
    # A form without versions or with the first line for none says less, and nothing else.
    return any(
        told.get(name) not in ("", [], None, known.get(name)) for name in ("fixed", "version")
    ) or max(1, told["line"]) != max(1, known["line"])


def _changes(
    seen: Seen, standing: Standing, sight: Sight, arrival: Arrival, *, is_told: bool
) -> dict[str, object]:
    """Columns that this sighting changes: the worst severity of all tools, and details added."""
    changes: dict[str, object] = {}
    if seen.placed.rank < standing.severity.rank:
        changes["severity"] = seen.placed.traits.severity.value
    if is_told:
        detail = _joined_detail(seen, standing, has_other_forms=arrival.has_other_forms)
        if detail != standing.detail:
            changes["detail"] = detail
    if sight in (Sight.REOPENS, Sight.STAYS):
        state = State.WAIVED if standing.is_waived else State.OPEN
        changes |= {"state": state.value, "closed_at": None, "work": Work.TRIAGED.value}
    elif standing.work is Work.AWAITING_VERIFICATION:
        changes["work"] = Work.IN_PROGRESS.value
    return changes


def _joined_detail(seen: Seen, standing: Standing, *, has_other_forms: bool) -> str:
    """What is known already counts against a tool or a form that is new to the finding; else the newest word does."""
    known, told = json.loads(standing.detail), json.loads(seen.gist.texts.detail)
    is_new_voice = standing.detail_here is None or has_other_forms
    joined = {**told, **known} if is_new_voice else {**known, **told}
    if has_other_forms and "line" in told:
        joined["line"] = told["line"]
    joined["advisories"] = sorted(
        {*_texts(known.get("advisories")), *_texts(told.get("advisories"))}
    )
    # What violates now decides whether a waiver still lists it, whichever change told so.
    joined["parts"] = _texts(told.get("parts")) or _texts(known.get("parts"))
    return json_text({name: value for name, value in joined.items() if value != []})


def is_covered(unseen: Unseen, rules: frozenset[str]) -> bool:
    """Whether the scan ran the rule by which this scope saw the finding; a scan that names no rules ran them all."""
    if not rules:
        return True
    told = json.loads(unseen.told)
    rule = str(told.get("rule", "")) if isinstance(told, dict) else ""
    # "CA1000/1" is a part of rule CA1000.
    parts = rule.split("/")
    return not rule or any("/".join(parts[:end]) in rules for end in range(1, len(parts) + 1))


def miss_finding(unseen: Unseen, arrival: Arrival, ledger: Ledger) -> None:
    """Write that a complete scan lacks a finding, for the first or the second time."""
    place = arrival.place
    if unseen.missed_scan == place.scan:
        return
    absence = on_missed(unseen, place.scanned_at)
    payload: dict[str, object] = {
        "missed": {
            "scope": unseen.scope,
            "scan": unseen.missed_scan or place.scan,
            "absent_scan": place.scan if absence.is_absent else None,
        }
    }
    kind, at = EventKind.MISSED, place.scanned_at
    if absence.closed_at is not None:
        kind, at = EventKind.CLOSED, absence.closed_at
        payload["set"] = _fixed_at(at)
        ledger.count("closed")
    elif unseen.missed_scan is None:
        ledger.count("missed")
        if unseen.state is State.OPEN and not unseen.is_visible_elsewhere:
            payload["set"] = {"work": Work.AWAITING_VERIFICATION.value}
    ledger.events.append(
        Event(
            kind=kind,
            happened_at=at,
            actor=f"scan:{arrival.tool}",
            finding=unseen.key,
            payload=payload,
        )
    )


def _here(seen: Seen, place: ScanPlace) -> dict[str, object]:
    return {"scope": place.scope, "scan": place.scan, "detail": seen.gist.texts.here}


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []
