"""Whether what an objective covers can be asked of a finding, and fits together with its clock."""

from tesuri.budgets.assignment import FINDING_FIELDS, SHIPPED
from tesuri.expressions.compile import compile_expression
from tesuri.expressions.paths import paths_read
from tesuri.model.errors import BadInput
from tesuri.model.objective import ClockStart, Objective
from tesuri.model.observation import Kind


def check_where(objective: Objective, *, where: str) -> None:
    """Refuse a `where` that cannot be compiled or asks for what no finding has: it would cover nothing, unseen.

    **raises** `BadInput`.
    """
    if not objective.where or objective.where in SHIPPED:
        return
    place = f"{where}/where"
    covered = compile_expression(objective.where, where=place, names=frozenset({"finding"}))
    asked = {read.steps[0] for read in paths_read(covered.tree, "finding")}
    if unknown := sorted(asked - FINDING_FIELDS):
        raise BadInput(
            f"A finding has no {', '.join(unknown)}, so this would cover nothing.",
            where=place,
            remedy=f"Its fields are {', '.join(sorted(FINDING_FIELDS))}.",
        )


def check_clock(objective: Objective, *, where: str) -> None:
    """Refuse to count from a fix where `where` is false for every vulnerability that has one.

    **raises** `BadInput`; also for a `where` that cannot be compiled.
    """
    if objective.clock is not ClockStart.FIX_AVAILABLE or not objective.where:
        return
    covered = compile_expression(objective.where, where=f"{where}/where")
    # Everything else of the finding is left open, so false means false whatever it is.
    fixable = {"kind": Kind.VULNERABILITY.value, "has_fix": True}
    if covered.evaluate({"finding": fixable}).is_false:
        raise BadInput(
            "The clock counts from when there is a fix, and no vulnerability with a fix is covered: "
            "0 of them could ever be late.",
            where=f"{where}/where",
            remedy="Write clock: detected, or cover what has a fix.",
        )
