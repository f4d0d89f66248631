"""The alerts of a budget as rows: burn rates, the forecast, and too many late to be chance."""

from collections.abc import Sequence

from tesuri.budgets.alerts import TREND_SECONDS
from tesuri.model.budget import Alert, AlertAction, Budget
from tesuri.model.views_slo import AlertKind, AlertRow


def alert_rows(budgets: Sequence[Budget]) -> tuple[AlertRow, ...]:
    """Give every alert once. Each budget has its own: of several members the one that burns most is shown.

    When one last fired is not recorded, so that stays empty.
    """
    if not budgets:
        return ()
    burning = (
        max(alerts, key=lambda each: (each.is_firing, each.short_burn, each.long_burn))
        for alerts in zip(*(budget.alerts for budget in budgets), strict=True)
    )
    return (*(_burn(alert) for alert in burning), _forecast(budgets), _trend(budgets))


def _burn(alert: Alert) -> AlertRow:
    return AlertRow(
        kind=AlertKind.BURN,
        action=alert.rule.action,
        long_seconds=alert.rule.long_seconds,
        short_seconds=alert.rule.short_seconds,
        threshold=alert.rule.factor,
        findings=alert.late_at_once,
        burn_long=alert.long_burn,
        burn_short=alert.short_burn,
        is_firing=alert.is_firing,
        delay_seconds=alert.late_by_seconds,
    )


def _forecast(budgets: Sequence[Budget]) -> AlertRow:
    as_of = budgets[0].as_of
    zeros = [
        budget.forecast_alert.zero_at
        for budget in budgets
        if budget.forecast_alert.zero_at is not None
    ]
    return AlertRow(
        kind=AlertKind.FORECAST,
        action=AlertAction.TICKET,
        long_seconds=budgets[0].forecast_alert.within_seconds,
        seconds_to_zero=int((min(zeros) - as_of).total_seconds()) if zeros else None,
        is_firing=any(budget.forecast_alert.is_firing for budget in budgets),
    )


def _trend(budgets: Sequence[Budget]) -> AlertRow:
    """Show the member whose lateness is least likely to be chance; none can tell below 20 due."""
    told = [budget for budget in budgets if budget.trend_alert.probability is not None]
    worst = min(told, key=lambda each: each.trend_alert.probability or 0, default=None)
    return AlertRow(
        kind=AlertKind.BINOMIAL,
        action=AlertAction.TICKET,
        long_seconds=TREND_SECONDS,
        findings=worst.trend_alert.late if worst else 0,
        is_firing=any(budget.trend_alert.is_firing for budget in budgets),
    )
