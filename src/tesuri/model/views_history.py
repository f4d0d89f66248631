"""What budgets were, day by day."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from tesuri.model.budget_day import BudgetDay


@dataclass(frozen=True, slots=True)
class BudgetCourse:
    """One budget over some days, oldest first; the last one ends at the instant that was asked for."""

    title: str
    title_ja: str
    days: tuple[BudgetDay, ...]

    @property
    def lowest(self) -> BudgetDay:
        """The day at whose end the least was left; the last of several."""
        return min(reversed(self.days), key=lambda day: day.remaining)

    @property
    def spent_days(self) -> int:
        """Days at whose end nothing was left."""
        return sum(day.remaining <= 0 for day in self.days)


@dataclass(frozen=True, slots=True)
class HistoryView:
    """The courses of the scope, least left first."""

    courses: tuple[BudgetCourse, ...]
    as_of: datetime
    days: int
    least_share: Fraction | None
    """The least that is left now; None where nothing is counted."""
