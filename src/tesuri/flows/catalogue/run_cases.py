"""Run the cases of controls: each input at its point through the readers of the gates, and what is missing.

A control is proven when every case gets its verdict and each declared point has a good and a bad one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from tesuri.controls.cases import Case, load_cases, points_without_cases
from tesuri.controls.compiled import CompiledControl
from tesuri.controls.evaluate import evaluate
from tesuri.controls.scp.case import scp_verdict
from tesuri.flows.catalogue.case_resources import resources_of_case
from tesuri.model.control import Control, Point, VerdictKind
from tesuri.model.errors import BadInput, Unsupported
from tesuri.model.identifiers import ControlId
from tesuri.model.resource import Resource

CASES_SUFFIX: Final = ".cases.yaml"


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of one case."""

    control: ControlId
    point: Point
    name: str
    wanted: VerdictKind
    found: VerdictKind | None
    """None when there was no verdict at all."""
    problem: str = ""
    """Why the case fails; empty when it got its verdict."""


@dataclass(frozen=True, slots=True)
class CasesRun:
    """All cases, and the points that no pair of cases speaks for."""

    controls: int
    results: tuple[CaseResult, ...]
    lacking: tuple[tuple[ControlId, Point], ...]

    @property
    def failed(self) -> tuple[CaseResult, ...]:
        """Give the cases that did not get their verdict."""
        return tuple(result for result in self.results if result.problem)


def run_cases(controls: Iterable[CompiledControl], files: Mapping[str, bytes]) -> CasesRun:
    """Run the cases of these controls; `files` are case files by name, `<id>.cases.yaml` in any folder.

    **raises** BadInput for a case file that cannot be read.
    """
    cases = {_stem(name): (name, data) for name, data in files.items()}
    results: list[CaseResult] = []
    lacking: list[tuple[ControlId, Point]] = []
    chosen = sorted(controls, key=lambda each: each.control.id)
    for compiled in chosen:
        control = compiled.control
        name, data = cases.get(control.id, ("", b""))
        own = load_cases(data, where=name) if name else ()
        results.extend(_result(compiled, case) for case in own)
        lacking.extend((control.id, point) for point in points_without_cases(control, own))
    return CasesRun(len(chosen), tuple(results), tuple(lacking))


def check_owners(controls: Iterable[CompiledControl], files: Iterable[str]) -> None:
    """Raise BadInput when a case file stands beside no control of its name: it would never run."""
    known = {compiled.control.id for compiled in controls}
    for name in files:
        if _stem(name) not in known:
            raise BadInput(
                f"There is no control {_stem(name)!r} for these cases.",
                where=name,
                remedy="Name the file after the id of its control.",
            )


def _stem(name: str) -> str:
    return name.rpartition("/")[2].removesuffix(CASES_SUFFIX)


def _result(compiled: CompiledControl, case: Case) -> CaseResult:
    control = compiled.control
    try:
        found, problem = _verdict(compiled, case)
    except (BadInput, Unsupported) as error:
        found, problem = None, str(error)
    if not problem and found is not case.verdict:
        problem = f"It gets {found.value if found else 'no verdict'}, not {case.verdict.value}."
    return CaseResult(control.id, case.point, case.name, case.verdict, found, problem)


def _verdict(compiled: CompiledControl, case: Case) -> tuple[VerdictKind | None, str]:
    """Give the verdict of a case, and what is wrong with it beside the verdict."""
    if case.point is Point.SCP:
        return scp_verdict(compiled.control, case.input), ""
    resources, unread = resources_of_case(case)
    if unread:
        return None, f"A part of the input is not read: {unread[0].address}: {unread[0].reason}"
    resource = _resource_of(case, resources, compiled.control)
    if resource is None:
        known = ", ".join(sorted({each.address for each in resources})) or "nothing"
        return None, f"The input has nothing at {case.address}; it has {known}."
    verdict = evaluate(compiled, resource, now=case.now)
    wanted = case.message
    if wanted and verdict.kind is case.verdict and verdict.reason != wanted:
        return verdict.kind, f"It says {verdict.reason!r}, not {wanted!r}."
    return verdict.kind, ""


def _resource_of(case: Case, resources: Iterable[Resource], control: Control) -> Resource | None:
    """Give the resource at the case's address; of several, the one that the control looks at."""
    at_address = [each for each in resources if each.address == case.address]
    fitting = [each for each in at_address if each.type == control.resource]
    return next(iter(fitting or at_address), None)
