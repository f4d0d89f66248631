"""Why to do it now: the reasons for one unit of work, most telling first."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from fractions import Fraction

from tesuri.flows.budgets.budget_lines import value_at
from tesuri.flows.budgets.budget_rows import DAY_SECONDS
from tesuri.flows.pages.work_units import HORIZON, WorkUnit
from tesuri.flows.site.survey import Survey
from tesuri.model.observation import Kind
from tesuri.model.signal import Signals
from tesuri.model.views import Why, WhyKind

LIKELY = Fraction(1, 10)
"""EPSS from which on it is a reason of its own."""
# From: design budgets.md, EPSS ≥ 0.10 counts as poc.

MOST_REASONS = 3
_CRITICAL_TIERS = (0, 1)


def reasons(
    survey: Survey, unit: WorkUnit, signals: Sequence[Signals], week_ends_at: datetime
) -> tuple[Why, ...]:
    """Give at most three reasons; `signals` are those of the unit's findings."""
    found = [
        *_attack(unit, signals),
        *_time(unit, week_ends_at, survey),
        *_budget(survey, unit),
        *_stakes(survey, unit),
        *_fix(unit),
    ]
    return tuple(found[:MOST_REASONS])


def epss_share(signals: Sequence[Signals]) -> Fraction | None:
    """Give the highest EPSS score as it was written; None where no feed has one."""
    scores = [Fraction(str(known.epss.score)) for known in signals if known.epss is not None]
    return max(scores, default=None)


def exploited_since(signals: Sequence[Signals]) -> datetime | None:
    """Give since when the KEV list has it (start of that day, UTC); None when it has not."""
    days = [known.kev.date_added for known in signals if known.kev is not None]
    return datetime.combine(min(days), time(), UTC) if days else None


def _attack(unit: WorkUnit, signals: Sequence[Signals]) -> Iterator[Why]:
    if unit.lead.kind is Kind.SECRET:
        yield Why(WhyKind.LEAKED)
    listed = exploited_since(signals)
    if listed is not None:
        yield Why(WhyKind.EXPLOITED, at=listed)
    elif any(known.exploits for known in signals):
        yield Why(WhyKind.PUBLIC_EXPLOIT)
    else:
        share = epss_share(signals)
        if share is not None and share >= LIKELY:
            yield Why(WhyKind.LIKELY_EXPLOITED, share=share)
    if unit.open_to_internet:
        yield Why(WhyKind.OPEN_TO_INTERNET, count=unit.open_to_internet, total=len(unit.findings))


def _time(unit: WorkUnit, week_ends_at: datetime, survey: Survey) -> Iterator[Why]:
    if unit.late_seconds:
        yield Why(WhyKind.LATE, seconds=unit.late_budgets * DAY_SECONDS)
    elif unit.due_at is not None and survey.now <= unit.due_at < week_ends_at:
        yield Why(WhyKind.DUE_THIS_WEEK, at=unit.due_at)


def _budget(survey: Survey, unit: WorkUnit) -> Iterator[Why]:
    """Say whether this unit alone decides if a budget lasts through the horizon."""
    until = survey.now + HORIZON
    for key, saved in sorted(unit.saved.items(), key=lambda entry: -entry[1]):
        budget = survey.budgets.get(key)
        zero = budget.forecast.zero_if_nothing_closed if budget else None
        if budget is None or zero is None or not survey.now < zero <= until:
            continue
        left = value_at(budget.forecast.if_nothing_closed, until)
        name = key[1] or ""
        if left + saved > 0:
            yield Why(WhyKind.KEEPS_BUDGET, seconds=saved, name=name)
        else:
            yield Why(WhyKind.SPENDS_BUDGET, at=zero, name=name)
        return


def _stakes(survey: Survey, unit: WorkUnit) -> Iterator[Why]:
    returned = [each.opened_at for each in unit.findings if each.regression_of is not None]
    if returned:
        yield Why(WhyKind.CAME_BACK, at=max(returned))
    declared = [survey.workspace.services.get(service) for service in unit.services]
    critical = [each for each in declared if each and each.tier in _CRITICAL_TIERS]
    if critical:
        yield Why(WhyKind.CRITICAL_SERVICE, name=critical[0].name)
    nobodys = [each.opened_at for each in unit.findings if each.service is None]
    if nobodys:
        yield Why(WhyKind.UNOWNED, at=min(nobodys))


def _fix(unit: WorkUnit) -> Iterator[Why]:
    if unit.defaults:
        yield Why(WhyKind.UNKNOWN_INPUT, count=unit.defaults)
    if unit.lead.kind is Kind.VULNERABILITY:
        if any(each.fixed_versions or each.has_fix for each in unit.findings):
            yield Why(WhyKind.FIX_EXISTS)
        elif all(each.has_fix is False for each in unit.findings):
            yield Why(WhyKind.NO_FIX)
