"""What one budget was at the end of one day: one line of a history over many services."""

from dataclasses import dataclass
from fractions import Fraction

from tesuri.model.identifiers import ObjectiveId


@dataclass(frozen=True, slots=True)
class BudgetDay:
    """One objective of one service at one instant, in whole numbers; rounding is for whoever renders."""

    service: str
    """Empty for what nobody owns."""
    objective: ObjectiveId
    at: int
    """Seconds since 1970; the day ends here, and so does the window."""
    late_seconds: int
    """Overdue seconds in the window, after tolerance, cap and exclusions."""
    day_late_seconds: int
    """Those of the last 24 hours."""
    consumed_units: int
    """Used, debits included."""
    allowance_units: int
    units_per_second: int
    """How many units are a second: the target divides them into whole ones."""
    window_seconds: int
    """Length of the window without what was excluded."""
    day_seconds: int
    """Length of the last 24 hours without what was excluded."""

    @property
    def left_seconds(self) -> Fraction:
        """What is left; below zero when more was used than there was."""
        return Fraction(self.allowance_units - self.consumed_units, self.units_per_second)

    @property
    def allowance_seconds(self) -> Fraction:
        """How late everything together may be in the window."""
        return Fraction(self.allowance_units, self.units_per_second)

    @property
    def remaining(self) -> Fraction:
        """Share of the allowance that is left."""
        return 1 - Fraction(self.consumed_units, self.allowance_units)

    @property
    def burn(self) -> Fraction:
        """How many times faster than allowed the last 24 hours used the budget; debits are no burn."""
        if self.day_seconds == 0:
            return Fraction(0)
        a_second = Fraction(self.day_late_seconds, self.day_seconds)
        return a_second * self.window_seconds / self.allowance_seconds
