"""Reads objectives from a declared document: strict, exact, and refused with a pointer where it is wrong.

The form is described in docs/budgets.md. `where` clauses are text here; whoever applies them compiles them.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction

from tesuri.budgets.alerts import check_rule, hours, number, rules_for
from tesuri.budgets.clock_choice import check_clock, check_where
from tesuri.budgets.instants import DAY
from tesuri.model.decision import Outcome
from tesuri.model.errors import BadInput
from tesuri.model.identifiers import ObjectiveId
from tesuri.model.objective import ClockStart, Counted, Objective
from tesuri.untrusted.shape import need_items, need_mapping, shape_name

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_DURATION = re.compile(r"([1-9][0-9]{0,4}) ?(h|d|w)")
_UNIT_SECONDS = {"h": 3_600, "d": 86_400, "w": 604_800}
_SHARE = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,9})?)( ?%)?")
_DOCUMENT_KEYS = frozenset({"objectives", "source"})
_REQUIRED = frozenset({"id", "title", "outcome", "within", "target", "window"})
_OPTIONAL = frozenset(
    {"where", "agreed_by", "agreed_on", "review_on", "tolerance", "cap", "source", "clock"}
)
_OF_FINDINGS = frozenset({"outcome", "within", "where", "tolerance", "cap", "clock"})
_WINDOW_AT_LEAST = 3
# Objectives that fit fewer than three times into the window have hardly anything fall due in it.


def objectives_from(document: object, *, where: str) -> tuple[Objective, ...]:
    """Give the objectives of one decoded document, in its order.

    **raises** `BadInput` with a JSON pointer for an unknown or missing key, a value of another type,
    an id given twice, and an objective whose arithmetic cannot work.
    """
    top = need_mapping(document, where=where)
    _check_keys(top, _DOCUMENT_KEYS, frozenset({"objectives"}), where)
    source = _text(top, "source", where) or where
    found: dict[str, Objective] = {}
    listed = need_items(top["objectives"], where=f"{where}#/objectives")
    for position, item in enumerate(listed):
        at = f"{where}#/objectives/{position}"
        objective = _objective(need_mapping(item, where=at), at, source)
        if objective.id in found:
            raise BadInput(f"Two objectives have the id {objective.id!r}.", where=f"{at}/id")
        found[objective.id] = objective
    return tuple(found.values())


def check_objective(objective: Objective, *, where: str) -> None:
    """Refuse an objective that cannot be kept, missed or watched.

    **raises** `BadInput` with the arithmetic in the sentence.
    """
    if not 0 < objective.target < 1:
        raise BadInput(
            f"A target of {number(objective.target * 100)}% leaves an allowance of 1 − "
            f"{number(objective.target)} = {number(1 - objective.target)} of the time; it has to be between 0 and 1.",
            where=f"{where}/target",
            remedy="Write a share such as 95%.",
        )
    if objective.counts is Counted.COMPONENTS:
        return
    check_where(objective, where=where)
    if objective.window_seconds < _WINDOW_AT_LEAST * objective.objective_seconds:
        raise BadInput(
            f"The window of {hours(objective.window_seconds)} is shorter than three times the objective, "
            f"{_WINDOW_AT_LEAST} × {hours(objective.objective_seconds)} = "
            f"{hours(_WINDOW_AT_LEAST * objective.objective_seconds)}: hardly anything would fall due in it.",
            where=f"{where}/window",
            remedy="Lengthen the window.",
        )
    for rule in rules_for(objective.window_seconds):
        check_rule(rule, objective, where=where)
    check_clock(objective, where=where)


def changed_objective(objective: Objective, changes: Mapping[str, str], *, where: str) -> Objective:
    """Give the objective with `within`, `target` or `window` as a file would write it; all in force.

    **raises** `BadInput` for a value that cannot be read, and with the arithmetic for one that cannot work.
    """
    given: dict[str, object] = {key: text for key, text in changes.items() if text}
    _check_keys(given, frozenset({"within", "target", "window", "clock"}), frozenset(), where)
    changed = replace(
        objective,
        objective_seconds=(
            _duration(given, "within", where) if "within" in given else objective.objective_seconds
        ),
        target=(
            _share(given["target"], f"{where}/target") if "target" in given else objective.target
        ),
        window_seconds=(
            _duration(given, "window", where) if "window" in given else objective.window_seconds
        ),
        clock=_clock(given, where) if "clock" in given else objective.clock,
    )
    if objective.counts is Counted.COMPONENTS and {"within", "clock"} & given.keys():
        raise BadInput(
            "Components have no due date: only target and window can be otherwise.", where=where
        )
    check_objective(changed, where=where)
    return changed


def _objective(item: Mapping[str, object], at: str, source: str) -> Objective:
    if _counted(item, at) is Counted.COMPONENTS:
        return _of_components(item, at, source)
    _check_keys(item, _REQUIRED | _OPTIONAL | {"counts"}, _REQUIRED, at)
    title, title_ja = _titles(item["title"], f"{at}/title")
    objective = Objective(
        id=_id(item, at),
        title=title,
        title_ja=title_ja,
        outcome=_outcome(item, at),
        objective_seconds=_duration(item, "within", at),
        target=_share(item["target"], f"{at}/target"),
        window_seconds=_duration(item, "window", at),
        where=_text(item, "where", at),
        agreed_by=_text(item, "agreed_by", at),
        agreed_on=_date(item, "agreed_on", at),
        review_on=_date(item, "review_on", at),
        tolerance=_count(item, "tolerance", at) or 0,
        cap=_count(item, "cap", at),
        source=_text(item, "source", at) or source,
        clock=_clock(item, at),
    )
    check_objective(objective, where=at)
    return objective


def _counted(item: Mapping[str, object], at: str) -> Counted:
    value = _text(item, "counts", at) or Counted.FINDINGS.value
    known = [each.value for each in Counted]
    if value not in known:
        what, remedy = f"{value!r} cannot be counted.", f"Use one of {', '.join(known)}."
        raise BadInput(what, where=f"{at}/counts", remedy=remedy)
    return Counted(value)


def _of_components(item: Mapping[str, object], at: str, source: str) -> Objective:
    """Give the objective of a legacy budget: what runs has no due date, so most keys mean nothing."""
    for key in sorted(_OF_FINDINGS & item.keys()):
        raise BadInput(
            f"The key {key!r} means nothing where components are counted: each is supported at an hour or is not.",
            where=f"{at}/{key}",
            remedy="Leave it out.",
        )
    _check_keys(item, _REQUIRED | _OPTIONAL | {"counts"}, _REQUIRED - _OF_FINDINGS, at)
    title, title_ja = _titles(item["title"], f"{at}/title")
    objective = Objective(
        id=_id(item, at),
        title=title,
        title_ja=title_ja,
        outcome=None,
        objective_seconds=DAY,
        target=_share(item["target"], f"{at}/target"),
        window_seconds=_duration(item, "window", at),
        agreed_by=_text(item, "agreed_by", at),
        agreed_on=_date(item, "agreed_on", at),
        review_on=_date(item, "review_on", at),
        source=_text(item, "source", at) or source,
        counts=Counted.COMPONENTS,
    )
    check_objective(objective, where=at)
    return objective


def _check_keys(
    item: Mapping[str, object], known: frozenset[str], needed: frozenset[str], where: str
) -> None:
    for key in item:
        if key not in known:
            remedy = f"Known are: {', '.join(sorted(known))}."
            raise BadInput(f"The key {key!r} is not known.", where=f"{where}/{key}", remedy=remedy)
    for key in sorted(needed - item.keys()):
        raise BadInput(f"The key {key!r} is missing.", where=where)


def _text(item: Mapping[str, object], key: str, at: str) -> str:
    value = item.get(key, "")
    if not isinstance(value, str):
        raise BadInput(f"A text is expected, not {shape_name(value)}.", where=f"{at}/{key}")
    return value.strip()


def _id(item: Mapping[str, object], at: str) -> ObjectiveId:
    value = _text(item, "id", at)
    if not _ID.fullmatch(value):
        raise BadInput(
            f"{value!r} cannot be an id.",
            where=f"{at}/id",
            remedy="Use small letters, digits and hyphens, at most 64.",
        )
    return ObjectiveId(value)


def _titles(value: object, at: str) -> tuple[str, str]:
    """Give the English and the Japanese title; a lone text is both."""
    titles = {"en": value, "ja": value} if isinstance(value, str) else need_mapping(value, where=at)
    _check_keys(titles, frozenset({"en", "ja"}), frozenset({"en"}), at)
    title, title_ja = _text(titles, "en", at), _text(titles, "ja", at)
    if not title:
        raise BadInput("The title is empty.", where=at)
    return title, title_ja


def _outcome(item: Mapping[str, object], at: str) -> Outcome:
    value = _text(item, "outcome", at)
    judged = [outcome.value for outcome in Outcome if outcome is not Outcome.DEFER]
    if value not in judged:
        because = " Deferred findings have no due date." if value == Outcome.DEFER else ""
        raise BadInput(
            f"{value!r} is no outcome with an objective.{because}",
            where=f"{at}/outcome",
            remedy=f"Use one of {', '.join(judged)}.",
        )
    return Outcome(value)


def _clock(item: Mapping[str, object], at: str) -> ClockStart:
    value = _text(item, "clock", at) or ClockStart.DETECTED.value
    starts = [start.value for start in ClockStart]
    if value not in starts:
        raise BadInput(
            f"{value!r} is no start of a clock.",
            where=f"{at}/clock",
            remedy=f"Use one of {', '.join(starts)}.",
        )
    return ClockStart(value)


def _duration(item: Mapping[str, object], key: str, at: str) -> int:
    value = item[key]
    match = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise BadInput(
            f"{value!r} is not a duration.",
            where=f"{at}/{key}",
            remedy="Write a whole number of hours, days or weeks: 48h, 7d, 4w.",
        )
    return int(match[1]) * _UNIT_SECONDS[match[2]]


def _share(value: object, at: str) -> Fraction:
    """Give the exact share as it was written; a YAML number is taken by its shortest decimals."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    written = repr(value) if is_number else value
    match = _SHARE.fullmatch(written.strip()) if isinstance(written, str) else None
    if match is None:
        raise BadInput(
            f"{value!r} is not an exact share.",
            where=at,
            remedy="Write 95% or 0.95, with at most nine decimals.",
        )
    return Fraction(match[1]) / (100 if match[2] else 1)


def _date(item: Mapping[str, object], key: str, at: str) -> date | None:
    value = _text(item, key, at)
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        remedy = "Write year-month-day, as 2026-11-22."
        raise BadInput(f"{value!r} is not a date.", where=f"{at}/{key}", remedy=remedy) from error


def _count(item: Mapping[str, object], key: str, at: str) -> int | None:
    value = item.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < (key == "cap"):
        least = 1 if key == "cap" else 0
        what = f"A whole number of at least {least} is expected, not {value!r}."
        raise BadInput(what, where=f"{at}/{key}")
    return value
