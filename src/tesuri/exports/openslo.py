"""Objectives as OpenSLO v1: one Service a service, one SLO an objective and service.

OpenSLO knows ratios and time slices. A budget of overdue seconds is a ratio of seconds: what was in time of
max(W, P). What OpenSLO has no field for stands in annotations under `tesuri/`, with a sentence on what a reader
of the SLO alone would miss. `budgets.openslo` reads these documents back.

**source** github.com/OpenSLO/OpenSLO, v1.
"""

import re
from collections.abc import Iterator, Sequence
from hashlib import sha256

from tesuri.exports.objective_items import duration_text, objective_item, yaml_text
from tesuri.model.estate import Service
from tesuri.model.objective import Counted, Objective

API_VERSION = "openslo/v1"
PREFIX = "tesuri/"
"""Of annotations; `tesuri/within` is the key `within` of our own form."""

NOT_SAID = "not-said"
"""Annotation that nobody reads back: what the SLO cannot say."""

_LONGEST_NAME = 63
_IN_FIELDS = ("id", "title", "target", "window")
"""Keys of our form that OpenSLO has fields for (the id is in the annotation `objective`)."""

_GOOD = "max(W, P) less the overdue seconds of the window; P is the sum of the times of all that fell due"
_LIMITS = (
    "Units are seconds of lateness, not events: the ratio can fall below 0. Waivers that pause a clock, debits of "
    "incidents, exclusion windows, the limit on P and alerts over two windows at once are not said."
)
_COMPONENT_LIMITS = "Units are seconds of components, not events. Until when each is supported, and what is unknown, is not said."
_SLICE_LIMITS = (
    "Time is continuous; the slice of one minute is the closest that can be said. Where P exceeds W the allowance is "
    "larger than said. Waivers, debits of incidents, exclusion windows and alerts over two windows are not said."
)


def render_openslo(objectives: Sequence[Objective], services: Sequence[Service]) -> str:
    """Give the YAML stream: services first, then SLOs by objective and service."""
    documents: list[object] = [_service(each) for each in services]
    taken: set[str] = set()
    for objective in objectives:
        for service in services:
            name = _name(f"{objective.id}-{service.id}", taken)
            taken.add(name)
            documents.append(_slo(objective, service, name))
    return yaml_text(documents)


def _service(service: Service) -> dict[str, object]:
    metadata: dict[str, object] = {"name": _name(service.id, set()), "displayName": service.name}
    annotations = {f"{PREFIX}service": str(service.id), f"{PREFIX}name-ja": service.name_ja}
    metadata["annotations"] = {key: text for key, text in annotations.items() if text}
    return {"apiVersion": API_VERSION, "kind": "Service", "metadata": metadata, "spec": {}}


def _slo(objective: Objective, service: Service, name: str) -> dict[str, object]:
    return {
        "apiVersion": API_VERSION,
        "kind": "SLO",
        "metadata": {
            "name": name,
            "displayName": objective.title,
            "annotations": dict(_annotations(objective, service)),
        },
        "spec": {
            "description": f"{objective.title} ({service.name}).",
            "service": _name(service.id, set()),
            "indicator": _indicator(objective, service, name),
            "timeWindow": [
                {"duration": duration_text(objective.window_seconds), "isRolling": True}
            ],
            "budgetingMethod": "Timeslices" if objective.cap == 1 else "Occurrences",
            "objectives": [_target(objective)],
        },
    }


def _annotations(objective: Objective, service: Service) -> Iterator[tuple[str, str]]:
    yield f"{PREFIX}objective", str(objective.id)
    yield f"{PREFIX}service", str(service.id)
    if objective.title_ja:
        yield f"{PREFIX}title-ja", objective.title_ja
    for key, value in objective_item(objective).items():
        if key not in _IN_FIELDS:
            yield f"{PREFIX}{key.replace('_', '-')}", str(value)
    yield f"{PREFIX}{NOT_SAID}", _limits(objective)


def _limits(objective: Objective) -> str:
    if objective.counts is Counted.COMPONENTS:
        return _COMPONENT_LIMITS
    return _SLICE_LIMITS if objective.cap == 1 else _LIMITS


def _target(objective: Objective) -> dict[str, object]:
    target: dict[str, object] = {
        "displayName": objective.title,
        "target": float(objective.target),
    }
    if objective.cap == 1:
        target |= {"timeSliceTarget": 1.0, "timeSliceWindow": "1m"}
    return target


def _indicator(objective: Objective, service: Service, name: str) -> dict[str, object]:
    if objective.counts is Counted.COMPONENTS:
        good, total = "seconds of supported components", "seconds of components"
    elif objective.cap == 1:
        good = f"seconds in which at most {objective.tolerance} were late"
        total = "seconds of the slice"
    else:
        good, total = _GOOD, "max(W, P) in seconds"
    ids = {"objective": str(objective.id), "service": str(service.id)}
    return {
        "metadata": {"name": _name(f"{name}-in-time", set())},
        "spec": {
            "ratioMetric": {
                "counter": False,
                "good": {"metricSource": {"type": "tesuri", "spec": {**ids, "measure": good}}},
                "total": {"metricSource": {"type": "tesuri", "spec": {**ids, "measure": total}}},
            }
        },
    }


def _name(text: str, taken: set[str]) -> str:
    """Give a DNS label (RFC 1123); with a digest where letters had to go or another one has it."""
    name = re.sub(r"[^a-z0-9-]+", "-", text.lower()).strip("-")
    if name == text and len(name) <= _LONGEST_NAME and name not in taken:
        return name
    digest = sha256(f"{text} {len(taken)}".encode() if name in taken else text.encode())
    mark = digest.hexdigest()[:8]
    return f"{name[: _LONGEST_NAME - len(mark) - 1].rstrip('-')}-{mark}".lstrip("-")
