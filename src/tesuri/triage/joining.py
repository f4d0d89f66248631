"""Two stored findings that turn out to be one: how that shows, and what the one looks like then.

Pure rows in, changed columns out. What is joined and when is `flows.merge_findings`.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

import orjson

from tesuri.model.finding import State, Work
from tesuri.model.identifiers import Identity
from tesuri.model.joining import KeptSighting, StoredFinding
from tesuri.model.observation import Kind, Observation, Package, Place
from tesuri.model.severity import Severity
from tesuri.triage.fingerprint import identity_of
from tesuri.triage.lifecycle import REOPENING
from tesuri.untrusted.shape import text

_BY_EVIDENCE: Final = frozenset({State.FIXED.value, State.GONE.value})
_LIVING: Final = frozenset({State.OPEN.value, State.WAIVED.value})
_HIDDEN: Final = "…"
_WORK_ORDER: Final = tuple(each.value for each in Work)

JUDGED: Final = ("outcome", "objective", "decision", "due_at")
"""Columns that are judged of both together."""

Columns = dict[str, object]


def identities_under(stored: StoredFinding, names: Iterable[str]) -> dict[str, Identity]:
    """Give the identity of a stored vulnerability or misconfiguration under each of these names.

    Nothing for what is known by its place in a file, and for what was stored with something hidden: its identity was
    made of what it was.
    """
    seen = _observation(stored)
    if seen is None:
        return {}
    return {
        name: identity_of(seen, asset=stored.asset, canonical_advisory=name, secret_key=b"")
        for name in names
    }


def _observation(stored: StoredFinding) -> Observation | None:
    detail: object = orjson.loads(stored.detail)
    kind = Kind(stored.kind)
    resource = text(detail, "resource")
    place = Place(path=text(detail, "path"), url=text(detail, "url"))
    is_known = kind is Kind.VULNERABILITY or (kind is Kind.MISCONFIGURATION and resource.strip())
    if not is_known or _HIDDEN in f"{resource}{place.path}{place.url}{stored.rule}":
        return None
    package = None
    if name := text(detail, "package"):
        ecosystem, namespace = text(detail, "package_ecosystem"), text(detail, "package_namespace")
        package = Package(name, ecosystem=ecosystem, namespace=namespace)
    return Observation(
        kind=kind,
        rule=stored.rule,
        title="",
        severity=Severity(stored.severity),
        pointer="",
        package=package,
        place=place,
        resource=resource,
    )


def vulnerability_name(stored: StoredFinding) -> str:
    """Give the canonical advisory under which a vulnerability was recognised; "" for anything else."""
    parts = stored.group.rsplit("|", 2)
    is_vulnerability = len(parts) == 3 and parts[0].endswith("|vulnerability")
    return parts[1] if is_vulnerability else ""


def group_under(stored: StoredFinding, name: str) -> str:
    """Give the key of its group when its vulnerability or rule goes by this name; "" where no name makes its group."""
    parts = stored.group.rsplit("|", 2)
    is_named = len(parts) == 3 and parts[0].endswith(("|vulnerability", "|misconfiguration"))
    return "|".join((parts[0], name, parts[2])) if is_named else ""


def reported_rules(stored: StoredFinding) -> set[str]:
    """Give the rules under which tools report a finding."""
    told = {text(orjson.loads(each.detail), "rule") for each in stored.sightings}
    return (told | {stored.rule}) - {""}


def ended_before(one: StoredFinding, other: StoredFinding) -> bool:
    """Whether one was fixed or gone so long before the other began that this is another episode."""
    is_ended = one.state in _BY_EVIDENCE and one.closed_at is not None
    return is_ended and other.opened_at - (one.closed_at or 0) > REOPENING / timedelta(seconds=1)


def joint_columns(survivor: StoredFinding, other: StoredFinding) -> Columns:
    """Give the columns of the survivor that change; its due date is its clock's and not among them."""
    if other.is_neutral and not survivor.is_neutral:
        return {}  # What a gate said of a change tells nothing about what runs.
    first = min(survivor, other, key=lambda each: (each.opened_at, each is not survivor))
    decided = first if first.decision is not None else survivor
    decided = decided if decided.decision is not None else other
    wanted: Columns = {
        "severity": min(survivor.severity, other.severity, key=lambda each: Severity(each).rank),
        "detail": _joint_detail(survivor.detail, other.detail),
        "score": other.score if survivor.score is None else survivor.score,
        "opened_at": first.opened_at,
        **_joint_state(survivor, other),
        "outcome": decided.outcome,
        "objective": decided.objective,
        "decision": decided.decision,
    }
    return {name: value for name, value in wanted.items() if value != getattr(survivor, name)}


def _joint_state(survivor: StoredFinding, other: StoredFinding) -> Columns:
    both = (survivor, other)
    decided = [each for each in both if each.state not in _LIVING | _BY_EVIDENCE]
    living = [each for each in both if each.state in _LIVING]
    if decided or not living:
        last = max(decided or both, key=lambda each: each.closed_at or 0)
        return {**_standing(last), "is_stale": last.is_stale}
    waived = [each for each in living if each.state == State.WAIVED.value]
    visible = [each for each in living if each.work != Work.AWAITING_VERIFICATION.value] or living
    furthest = max(visible, key=lambda each: _WORK_ORDER.index(each.work))
    return {
        **_standing((waived or living)[0]),
        "work": furthest.work,
        "is_stale": all(each.is_stale for each in living),
    }


def _standing(stored: StoredFinding) -> Columns:
    return {
        "state": stored.state,
        "work": stored.work,
        "closed_at": stored.closed_at,
        "waiver": stored.waiver,
    }


def _joint_detail(own: str, others: str) -> str:
    """What the survivor says counts, what only the other one says is added."""
    known, told = json.loads(own), json.loads(others)
    joined = {**told, **known}
    joined["advisories"] = sorted({*known.get("advisories", ()), *told.get("advisories", ())})
    kept = {name: value for name, value in joined.items() if value != []}
    return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS).decode()


def joint_sightings(survivor: StoredFinding, other: StoredFinding) -> list[KeptSighting]:
    """Give the sightings of the survivor that are added or changed; a scope that sees either sees it."""
    if other.is_neutral and not survivor.is_neutral:
        return []  # A gate looks at changes: it would never say that this is gone.
    own = {each.scope: each for each in survivor.sightings}
    joined = [
        _joint_sighting(own[each.scope], each) if each.scope in own else each
        for each in other.sightings
    ]
    return [each for each in joined if each != own.get(each.scope)]


def _joint_sighting(one: KeptSighting, other: KeptSighting) -> KeptSighting:
    is_missed = one.missed_scan is not None and other.missed_scan is not None
    last = max(one, other, key=lambda each: each.missed_scan or 0)
    is_absent = one.absent_scan is not None and other.absent_scan is not None
    return replace(
        one,
        first_scan=min(one.first_scan, other.first_scan),
        missed_scan=last.missed_scan if is_missed else None,
        absent_scan=max(one.absent_scan or 0, other.absent_scan or 0) if is_absent else None,
    )


def with_joined(
    survivor: StoredFinding, changed: Mapping[str, object], sightings: Sequence[KeptSighting]
) -> StoredFinding:
    """Give the survivor as it is stored then."""
    scopes = {each.scope: each for each in (*survivor.sightings, *sightings)}
    kept = tuple(scopes[scope] for scope in sorted(scopes))
    return replace(survivor, **changed, sightings=kept)  # type: ignore[arg-type]  # columns of the same names
