"""Alerts on burn rate, forecast and trend; and the arithmetic that refuses one which cannot work."""

from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import cache
from itertools import takewhile

from tesuri.budgets.burn import allowance_seconds, burn_rates
from tesuri.budgets.forecast import as_instant
from tesuri.budgets.instants import DAY, HOUR
from tesuri.budgets.ledger import Ledger, window_length
from tesuri.model.budget import Alert, AlertAction, AlertRule, ForecastAlert, TrendAlert
from tesuri.model.errors import BadInput
from tesuri.model.objective import Objective

_PAGE, _TICKET = AlertAction.PAGE, AlertAction.TICKET

# Share of the allowance, then (long, short) window for each size of W that has a set of its own.
# From: SRE Workbook, chapter 5 (multiwindow, multi-burn-rate), moved from minutes to hours and days for
# findings; shares and the 28-day and 90-day sets as simulated for sparse findings, 365 days scaled alike.
_RULES: tuple[tuple[str, AlertAction, Fraction, dict[int, tuple[int, int]]], ...] = (
    (
        "fast",
        _PAGE,
        Fraction(10, 100),
        {28: (6 * HOUR, HOUR), 90: (DAY, 4 * HOUR), 365: (4 * DAY, 16 * HOUR)},
    ),
    (
        "slow",
        _PAGE,
        Fraction(25, 100),
        {28: (DAY, 2 * HOUR), 90: (3 * DAY, 6 * HOUR), 365: (12 * DAY, DAY)},
    ),
    (
        "drift",
        _TICKET,
        Fraction(30, 100),
        {28: (3 * DAY, 6 * HOUR), 90: (10 * DAY, 20 * HOUR), 365: (40 * DAY, 80 * HOUR)},
    ),
    (
        "creep",
        _TICKET,
        Fraction(40, 100),
        {28: (7 * DAY, DAY), 90: (21 * DAY, 3 * DAY), 365: (85 * DAY, 12 * DAY)},
    ),
)
_SETS = (365, 90, 28)

FORECAST_SECONDS = 72 * HOUR
TREND_SECONDS = 7 * DAY
_TREND_LEAST_DUE = 20
_TREND_LEAST_LATE = 2
_TREND_BELOW = Fraction(1, 100)
_SHORT_AT_MOST = 6
# A short window is at most a sixth of the long one, or it says nothing that the long one does not.


@cache
def rules_for(window_seconds: int) -> tuple[AlertRule, ...]:
    """Give the four burn rules of a window: F = share · W / long.

    The set of the largest listed window that fits is stretched to W; 28, 90 and 365 d give round hours.
    """
    days = next((days for days in _SETS if days * DAY <= window_seconds), _SETS[-1])
    rules = []
    for name, action, share, windows in _RULES:
        long_days, short_days = windows[days]
        long = long_days * window_seconds // (days * DAY)
        short = short_days * window_seconds // (days * DAY)
        factor = share * window_seconds / long
        rules.append(AlertRule(name, action, long, short, factor))
    return tuple(rules)


def check_rule(rule: AlertRule, objective: Objective, *, where: str = "") -> None:
    """Refuse an alert that can never fire, or fires on a team that is on target.

    **raises** `BadInput` with the arithmetic in the sentence.
    """
    if rule.factor < 1:
        raise BadInput(
            f"Alert {rule.name} fires at burn rate {number(rule.factor)}, but a team that is exactly on target "
            f"burns at 1: it would always fire.",
            where=where,
            remedy="Give it a factor of at least 1.",
        )
    if rule.short_seconds * _SHORT_AT_MOST > rule.long_seconds:
        raise BadInput(
            f"Alert {rule.name} has a short window of {hours(rule.short_seconds)}, but a sixth of its long window "
            f"is {hours(rule.long_seconds)} / 6 = {hours(Fraction(rule.long_seconds, 6))}.",
            where=where,
            remedy="Shorten the short window.",
        )
    highest = _highest_burn(objective)
    if highest is not None and rule.factor >= highest:
        raise BadInput(
            f"Alert {rule.name} fires above burn rate {number(rule.factor)}, but with cap {objective.cap} and target "
            f"{number(objective.target * 100)}% the burn rate is at most {objective.cap} / (1 − "
            f"{number(objective.target)}) = {number(highest)}: it can never fire.",
            where=where,
            remedy="Raise the target or the cap, or leave the cap out.",
        )


def _highest_burn(objective: Objective) -> Fraction | None:
    return None if objective.cap is None else objective.cap / (1 - objective.target)


def number(value: Fraction) -> str:
    """Give a number with at most two decimals, as error sentences write it."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def hours(seconds: int | Fraction) -> str:
    """Give a length in hours, as error sentences write it."""
    return f"{number(Fraction(seconds) / HOUR)} h"


def burn_alerts(ledger: Ledger, now: int, *, scan_interval_seconds: int) -> tuple[Alert, ...]:
    """Give the four burn alerts with what they see now."""
    rate = burn_rates(ledger, now)
    whole = window_length(ledger, now, ledger.objective.window_seconds)
    above, below = (allowance_seconds(ledger, now) / whole).as_integer_ratio()
    tolerance = ledger.objective.tolerance
    return tuple(
        # The least number n with n · W / A > F, on top of what the objective tolerates.
        _burn_alert(
            rate,
            rule,
            scan_interval_seconds,
            rule.factor.numerator * above // (rule.factor.denominator * below) + 1 + tolerance,
        )
        for rule in rules_for(ledger.objective.window_seconds)
    )


def _burn_alert(
    rate: Callable[[int], Fraction], rule: AlertRule, scan_interval_seconds: int, late_at_once: int
) -> Alert:
    long_burn, short_burn = rate(rule.long_seconds), rate(rule.short_seconds)
    is_slow_scan = rule.short_seconds < 2 * scan_interval_seconds
    return Alert(
        rule=rule,
        long_burn=long_burn,
        short_burn=short_burn,
        # Nothing late is by far the most frequent, and fractions are dear to compare.
        is_firing=bool(short_burn) and long_burn > rule.factor and short_burn > rule.factor,
        late_at_once=late_at_once,
        late_by_seconds=scan_interval_seconds if is_slow_scan else 0,
    )


def forecast_alert(zero: int | None, now: int) -> ForecastAlert:
    """Give the ticket that the budget is gone within 72 h if nothing is closed."""
    is_firing = zero is not None and zero - now <= FORECAST_SECONDS
    return ForecastAlert(FORECAST_SECONDS, as_instant(zero), is_firing)


def trend_alert(judged: Iterable[tuple[int, bool]], now: int, target: Fraction) -> TrendAlert:
    """Give the binomial ticket over what fell due in the past 7 days: (due at, whether it was late)."""
    verdicts = [is_late for due, is_late in judged if now - TREND_SECONDS < due <= now]
    late = sum(verdicts)
    if len(verdicts) < _TREND_LEAST_DUE:
        return TrendAlert(len(verdicts), late, None, is_firing=False)
    probability = at_least(late, len(verdicts), 1 - target)
    is_firing = late >= _TREND_LEAST_LATE and probability < _TREND_BELOW
    return TrendAlert(len(verdicts), late, probability, is_firing)


def at_least(hits: int, trials: int, chance: Fraction) -> Fraction:
    """Give P(X ≥ hits) of a binomial, exactly."""
    p, q = chance.numerator, chance.denominator
    misses = q - p
    term = misses**trials
    below = 0
    for count in takewhile(lambda count: count < hits, range(trials + 1)):
        below += term
        term = term * (trials - count) * p // ((count + 1) * misses)
    return 1 - Fraction(below, q**trials)
