"""Objectives as they stand in files: one mapping each, as `objectives/*.yaml` has it, and the file itself."""

from collections.abc import Sequence

import yaml

from tesuri.model.objective import ClockStart, Objective

_HOUR, _DAY = 3_600, 86_400


def objective_item(objective: Objective) -> dict[str, object]:
    """Give the mapping that reads back as this objective; keys whose value is the default are left out."""
    titles = {"en": objective.title, "ja": objective.title_ja}
    item: dict[str, object] = {
        "id": str(objective.id),
        "title": {language: text for language, text in titles.items() if text},
        **_counted(objective),
        "target": float(objective.target),
        "window": duration_text(objective.window_seconds),
    }
    optional: dict[str, object] = {
        "where": objective.where,
        "agreed_by": objective.agreed_by,
        "agreed_on": objective.agreed_on.isoformat() if objective.agreed_on else None,
        "review_on": objective.review_on.isoformat() if objective.review_on else None,
        "tolerance": objective.tolerance,
        "cap": objective.cap,
        "clock": "" if objective.clock is ClockStart.DETECTED else objective.clock.value,
        "source": objective.source,
    }
    return {**item, **{key: value for key, value in optional.items() if value}}


def _counted(objective: Objective) -> dict[str, object]:
    if objective.outcome is None:
        return {"counts": objective.counts.value}
    within = duration_text(objective.objective_seconds)
    return {"outcome": objective.outcome.value, "within": within}


def render_objectives(objectives: Sequence[Objective]) -> str:
    """Give a file of `objectives/` with these objectives, in their order."""
    return yaml_text([{"objectives": [objective_item(each) for each in objectives]}])


def yaml_text(documents: Sequence[object]) -> str:
    """Give a YAML stream: keys in their order, each document after three hyphens where there are several."""
    return yaml.safe_dump_all(
        documents,
        sort_keys=False,
        allow_unicode=True,
        explicit_start=len(documents) > 1,
        width=120,
    )


def duration_text(seconds: int) -> str:
    """Give a length as files write it: 48h up to two days and where days do not fit, else 28d."""
    days, rest = divmod(seconds, _DAY)
    return f"{seconds // _HOUR}h" if rest or days <= 2 else f"{days}d"
