"""Cases of a control: inputs with the verdict that they must get. They are tests and documentation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tesuri.model.control import Control, Point, VerdictKind
from tesuri.model.errors import BadInput
from tesuri.untrusted.shape import at, need_items, need_mapping, need_text, text
from tesuri.untrusted.yaml_document import read_yaml

_KEYS = frozenset({"name", "point", "verdict", "address", "message", "input", "now"})


@dataclass(frozen=True, slots=True)
class Case:
    """One input and what a control must say of it."""

    name: str
    point: Point
    verdict: VerdictKind
    address: str
    input: Mapping[str, object]
    """The input in its own words: a Terraform plan, a template …"""
    message: str = ""
    """What the verdict must say; empty when the case does not care."""
    now: datetime | None = None
    """When it is judged; None when no age is asked for."""


def load_cases(data: bytes, *, where: str) -> tuple[Case, ...]:
    """Read a .cases.yaml file; raises BadInput."""
    document = need_mapping(read_yaml(data, where=where), where=where)
    entries = need_items(at(document, "cases"), where=f"{where}#/cases")
    return tuple(_case(entry, f"{where}#/cases/{n}") for n, entry in enumerate(entries))


def _case(entry: object, where: str) -> Case:
    declared = need_mapping(entry, where=where)
    if wrong := declared.keys() - _KEYS:
        raise BadInput(f"A case has no key {min(wrong)!r}.", where=where)
    try:
        point, kind = Point(text(declared, "point")), VerdictKind(text(declared, "verdict"))
    except ValueError as error:
        raise BadInput(f"{error}: no point or verdict.", where=where) from error
    return Case(
        name=need_text(declared, "name", where=where),
        point=point,
        verdict=kind,
        address=need_text(declared, "address", where=where),
        input=need_mapping(at(declared, "input"), where=f"{where}/input"),
        message=text(declared, "message"),
        now=_now(declared, where),
    )


def _now(declared: Mapping[str, object], where: str) -> datetime | None:
    if "now" not in declared:
        return None
    try:
        now = datetime.fromisoformat(text(declared, "now"))
    except ValueError:
        now = None
    if now is None or now.tzinfo is None:
        raise BadInput(
            "A case is judged at no such time.",
            where=f"{where}/now",
            remedy="Write it as a text with its zone: '2026-01-10T09:00:00Z'.",
        )
    return now


def points_without_cases(control: Control, cases: tuple[Case, ...]) -> tuple[Point, ...]:
    """Give the declared points that lack a good or a bad case: such a control fails the build."""
    needed = {VerdictKind.PASS, VerdictKind.FAIL}
    return tuple(
        point
        for point, options in control.points.items()
        if "not" not in options
        and not needed <= {case.verdict for case in cases if case.point is point}
    )
