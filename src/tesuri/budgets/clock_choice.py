"""Whether an objective's clock and what it covers fit together."""

from tesuri.expressions.compile import compile_expression
from tesuri.model.errors import BadInput
from tesuri.model.objective import ClockStart, Objective
from tesuri.model.observation import Kind


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
