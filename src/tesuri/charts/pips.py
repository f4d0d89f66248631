"""A budget as segments: one for each whole allowed miss, partly filled by hours."""

from fractions import Fraction

from tesuri.charts import svg
from tesuri.model.objective import PolicyState
from tesuri.model.views import BudgetRow

_MOST_SEGMENTS = 10
_GAP = 3.0
_HEIGHT = 8
_CLASSES = {
    PolicyState.AMPLE: "pips ok",
    PolicyState.LOW: "pips low",
    PolicyState.SPENT: "pips act",
    PolicyState.BREACHED: "pips act",
    PolicyState.UNKNOWN: "pips unk",
}


def pips(budget: BudgetRow, *, label: str, name: str, width: int) -> str:
    """Draw what is left of what is allowed; a single bar below 1 and above 10 misses."""
    left, allowed, state = budget.misses_left, budget.misses_allowed, budget.state
    segments = int(allowed) if 1 <= allowed <= _MOST_SEGMENTS else 1
    step = (width + _GAP) / segments
    share = min(Fraction(1), max(Fraction(0), left / allowed)) if allowed > 0 else Fraction(0)
    filled = share * segments
    parts = []
    for index in range(segments):
        x, size = index * step, step - _GAP
        parts.append(svg.rect((x, 0, size, _HEIGHT), classes="void", radius=2))
        part = float(min(Fraction(1), filled - index))
        if part > 0 and state is not PolicyState.UNKNOWN:
            parts.append(svg.rect((x, 0, max(2.0, size * part), _HEIGHT), classes="left", radius=2))
    return svg.picture(parts, (width, _HEIGHT), title=label, name=name, classes=_CLASSES[state])
