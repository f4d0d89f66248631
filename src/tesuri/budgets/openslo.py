"""Reads back the OpenSLO v1 documents that `exports.openslo` writes, and says what others lack.

An SLO of another tool has no due date and no triage outcome; it becomes an objective once it says them in its
annotations. Nothing of it is guessed.
"""

from collections.abc import Mapping, Sequence

from tesuri.budgets.load import objectives_from
from tesuri.exports.openslo import API_VERSION, NOT_SAID, PREFIX
from tesuri.model.errors import BadInput
from tesuri.model.objective import Counted, Objective
from tesuri.untrusted.shape import at, items, mapping, text

_NEEDED = ("objective", "outcome", "within")
_NOT_KEYS = {"objective", "service", "title-ja", NOT_SAID}
_WHOLE = ("tolerance", "cap")
_METHODS = ("Occurrences", "Timeslices")


def is_openslo(document: object) -> bool:
    """Whether a document says that it is OpenSLO, of any version."""
    return text(document, "apiVersion").startswith("openslo/")


def objectives_from_openslo(documents: Sequence[object], *, where: str) -> tuple[Objective, ...]:
    """Give the objectives of the SLOs, once each; they hold for every service.

    **raises** `BadInput` that names the SLO and what it lacks.
    """
    found: dict[str, tuple[Objective, str]] = {}
    for position, document in enumerate(documents, start=1):
        name = text(document, "metadata", "name") or f"document {position}"
        place = f"{where}: SLO {name}"
        if not _is_slo(document, place):
            continue
        (objective,) = objectives_from({"objectives": [_item(document, place)]}, where=place)
        known, known_as = found.setdefault(objective.id, (objective, name))
        if known != objective:
            raise BadInput(
                f"The objective {objective.id!r} is not the same as in {known_as}.",
                where=place,
                remedy="An objective holds for every service: say the same in each SLO of it.",
            )
    return tuple(objective for objective, _ in found.values())


def _is_slo(document: object, place: str) -> bool:
    version, kind = text(document, "apiVersion"), text(document, "kind")
    if version != API_VERSION:
        raise BadInput(
            f"The document says apiVersion {version or 'nothing'!r}.",
            where=place,
            remedy=f"Tesuri reads {API_VERSION}.",
        )
    if kind not in {"SLO", "Service"}:
        raise BadInput(
            f"A document of the kind {kind!r} is no objective.",
            where=place,
            remedy="Keep the kinds SLO and Service in this file.",
        )
    return kind == "SLO"


def _item(document: object, place: str) -> Mapping[str, object]:
    said = {
        key.removeprefix(PREFIX): text(value)
        for key, value in mapping(document, "metadata", "annotations").items()
        if key.startswith(PREFIX)
    }
    needed = _NEEDED[:1] if said.get("counts") == Counted.COMPONENTS else _NEEDED
    missing = [f"{PREFIX}{key}" for key in needed if not said.get(key)]
    if missing:
        raise BadInput(
            f"This SLO does not say what a due date needs: {', '.join(missing)} in metadata.annotations.",
            where=place,
            remedy="Add them, or write the objective as docs/budgets.md says.",
        )
    title = text(document, "metadata", "displayName") or said["objective"]
    keys: dict[str, object] = {
        key.replace("-", "_"): value for key, value in said.items() if key not in _NOT_KEYS
    }
    for key in _WHOLE:
        if key in said:
            keys[key] = int(said[key]) if said[key].isascii() and said[key].isdigit() else said[key]
    return {
        **keys,
        **_method(document, keys, place),
        "id": said["objective"],
        "title": {"en": title, **({"ja": said["title-ja"]} if said.get("title-ja") else {})},
        "target": _target(document, place),
        "window": _window(document, place),
    }


def _method(document: object, keys: Mapping[str, object], place: str) -> dict[str, object]:
    """Give the cap that the budgeting method means. **raises** BadInput where the two clash."""
    method, cap = text(document, "spec", "budgetingMethod"), keys.get("cap")
    if method not in _METHODS:
        raise BadInput(
            f"The budgeting method {method!r} has no counterpart here.",
            where=place,
            remedy="Use Occurrences (overdue hours) or Timeslices (cap 1).",
        )
    is_sliced = method == "Timeslices"
    if is_sliced and cap in {None, 1}:
        return {"cap": 1}
    if is_sliced or cap == 1:
        raise BadInput(
            f"The budgeting method {method} and {PREFIX}cap {cap or 'without a value'} say different things.",
            where=place,
            remedy="Timeslices is cap 1; every other cap is Occurrences.",
        )
    return {}


def _target(document: object, place: str) -> object:
    listed = items(document, "spec", "objectives")
    if len(listed) != 1:
        raise BadInput(
            f"An SLO with {len(listed)} objectives cannot be read; one is expected.", where=place
        )
    target = at(listed[0], "target")
    if target is None:
        raise BadInput("The objective says no target.", where=place)
    return target


def _window(document: object, place: str) -> str:
    windows = items(document, "spec", "timeWindow")
    is_rolling = len(windows) == 1 and at(windows[0], "isRolling") is True
    if not is_rolling:
        raise BadInput(
            "The time window is not one rolling window; budgets here roll.",
            where=place,
            remedy="Write one timeWindow with isRolling: true.",
        )
    return text(windows[0], "duration")
