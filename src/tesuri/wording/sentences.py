"""Sentences about views that both faces say: what to do, why now, what is left, what is hidden."""

from datetime import datetime

from tesuri.model.budget import AlertAction
from tesuri.model.decision import Outcome
from tesuri.model.effort import Effort
from tesuri.model.objective import Counted, PolicyState
from tesuri.model.views import BudgetRow, Do, Why, WhyKind
from tesuri.model.views_findings import Hidden, HiddenReason
from tesuri.model.views_slo import AlertKind, AlertRow
from tesuri.wording import spans
from tesuri.wording.phrases import Phrases, msg

_WHY: dict[WhyKind, str] = {
    WhyKind.EXPLOITED: msg("exploited in the wild"),
    WhyKind.PUBLIC_EXPLOIT: msg("an exploit is public"),
    WhyKind.LIKELY_EXPLOITED: msg("{share} likely to be exploited within 30 days"),
    WhyKind.OPEN_TO_INTERNET: msg("{count} of {total} open to the internet"),
    WhyKind.LEAKED: msg("others can read the secret"),
    WhyKind.LATE: msg("already late; costs {hours} of budget a day"),
    WhyKind.KEEPS_BUDGET: msg("closing it now keeps the budget above zero"),
    WhyKind.SPENDS_BUDGET: msg("left open, the budget is gone on {day}"),
    WhyKind.DUE_THIS_WEEK: msg("due this week"),
    WhyKind.CAME_BACK: msg("was fixed before and came back"),
    WhyKind.FIX_EXISTS: msg("a fix exists"),
    WhyKind.NO_FIX: msg("no fix exists yet"),
    WhyKind.CRITICAL_SERVICE: msg("{name} is a critical service"),
    WhyKind.UNOWNED: msg("nobody owns it"),
    WhyKind.UNKNOWN_INPUT: msg("{count} answers are defaults"),
}

_OUTCOME_DAYS: dict[Outcome, str] = {
    Outcome.IMMEDIATE: msg("Immediate: {span}"),
    Outcome.OUT_OF_CYCLE: msg("Urgent: {span}"),
    Outcome.SCHEDULED: msg("Scheduled: {span}"),
    Outcome.DEFER: msg("Defer"),
}

_OUTCOMES: dict[Outcome, str] = {
    Outcome.IMMEDIATE: msg("Immediate"),
    Outcome.OUT_OF_CYCLE: msg("Urgent"),
    Outcome.SCHEDULED: msg("Scheduled"),
    Outcome.DEFER: msg("Defer"),
}

_HIDDEN: dict[HiddenReason, tuple[str, str]] = {
    HiddenReason.WAIVED: (msg("{count} waived"), msg("{count} waived")),
    HiddenReason.NOT_AFFECTED: (msg("{count} not affected"), msg("{count} not affected")),
    HiddenReason.FALSE_POSITIVE: (msg("{count} false positive"), msg("{count} false positives")),
    HiddenReason.MITIGATED: (msg("{count} mitigated"), msg("{count} mitigated")),
    HiddenReason.CLOSED: (msg("{count} fixed or gone"), msg("{count} fixed or gone")),
}


def do_text(phrases: Phrases, do: Do) -> str:
    """Give the order to a person in the reader's language."""
    return phrases.pick(do.title, do.title_ja)


def why_text(phrases: Phrases, why: Why) -> str:
    """Give one reason to do it now."""
    return phrases.gettext(
        _WHY[why.kind],
        count=spans.number(why.count),
        total=spans.number(why.total),
        hours=phrases.hours(why.seconds),
        share=spans.percent(why.share) if why.share is not None else "",
        day=phrases.day(why.at) if why.at else "",
        name=why.name,
    )


def effort_text(phrases: Phrases, effort: Effort) -> str:
    """Give the estimate: 0.5 h."""
    return phrases.work(effort.minutes)


def budget_name(phrases: Phrases, row: BudgetRow) -> str:
    """Give a short name for a narrow place: payouts, Urgent: 7 days; else the objective's title."""
    name = phrases.pick(row.title, row.title_ja)
    if row.outcome:
        name = outcome_with_time(phrases, row.outcome, row.miss_seconds)
    return f"{row.service} · {name}" if row.service else name


def left_big(phrases: Phrases, row: BudgetRow) -> str:
    """Give what is left in one word: 1 miss; hours where less than a whole miss is allowed."""
    if row.state is PolicyState.UNKNOWN:
        return phrases.gettext("Unknown")
    if row.remaining_seconds < 0:
        return phrases.gettext("{hours} over", hours=phrases.hours(-row.remaining_seconds))
    if not _is_told_in_misses(row):
        return phrases.gettext("{hours} left", hours=phrases.hours(row.remaining_seconds))
    return phrases.ngettext("{count} miss left", "{count} misses left", int(row.misses_left))


def _is_told_in_misses(row: BudgetRow) -> bool:
    """Whole misses say something where two or more are allowed and one is left, of findings."""
    if row.counts is Counted.COMPONENTS:
        return False
    return row.misses_allowed >= 2 and (row.misses_left >= 1 or row.remaining_seconds <= 0)


def left_small(phrases: Phrases, row: BudgetRow) -> str:
    """Give of how much: of 3."""
    whole = phrases.hours(row.allowance_seconds)
    if row.remaining_seconds < 0:
        return phrases.gettext("the {hours} allowed", hours=whole)
    if not _is_told_in_misses(row):
        return phrases.gettext("of {hours}", hours=whole)
    return phrases.gettext("of {misses} allowed", misses=spans.number(int(row.misses_allowed)))


def left_hours(phrases: Phrases, row: BudgetRow) -> str:
    """Give the same in hours: 248 h of 504 h."""
    left, whole = phrases.hours(row.remaining_seconds), phrases.hours(row.allowance_seconds)
    if row.counts is Counted.COMPONENTS:
        return phrases.gettext("{left} of {whole} out of support", left=left, whole=whole)
    if row.remaining_seconds < 0:
        used = phrases.hours(row.allowance_seconds - row.remaining_seconds)
        return phrases.gettext("{used} used where {whole} are allowed", used=used, whole=whole)
    return phrases.gettext("{left} of {whole} late time", left=left, whole=whole)


def outlook(phrases: Phrases, row: BudgetRow, now: datetime) -> str:
    """Give where a budget goes if nothing is closed."""
    if row.state is PolicyState.UNKNOWN:
        return phrases.gettext("Too little was scanned in time to say")
    if row.remaining_seconds <= 0:
        return phrases.gettext("Gates now block instead of warning")
    if row.zero_at and row.zero_at > now:
        day = phrases.day(row.zero_at, now)
        return phrases.gettext("Gone on {day} if nothing is closed", day=day)
    return phrases.gettext("Lasts through the window")


def outcome_word(phrases: Phrases, outcome: Outcome) -> str:
    """Give the urgency: Urgent."""
    return phrases.gettext(_OUTCOMES[outcome])


def outcome_with_time(phrases: Phrases, outcome: Outcome, seconds: int | None) -> str:
    """Give the urgency with its deadline rule: Urgent: 7 d."""
    if seconds is None:
        return outcome_word(phrases, outcome)
    return phrases.gettext(_OUTCOME_DAYS[outcome], span=rule_span(phrases, seconds))


def rule_span(phrases: Phrases, seconds: int) -> str:
    """Give an objective's time: hours up to two days, else days: 48 h, 7 days."""
    days, rest = divmod(seconds, 86_400)
    if rest or days <= 2:
        return phrases.span(seconds) if days > 2 else phrases.hours(seconds)
    return phrases.ngettext("{count} day", "{count} days", days)


def hidden_text(phrases: Phrases, hidden: Hidden) -> str:
    """Give how many rows are left out, and why."""
    one, many = _HIDDEN[hidden.reason]
    return phrases.ngettext(one, many, hidden.count)


def alert_does(phrases: Phrases, alert: AlertRow) -> str:
    """Give what an alert does."""
    if alert.action is AlertAction.PAGE:
        return phrases.gettext("Page on-call")
    return phrases.gettext("Open a ticket")


def alert_when(phrases: Phrases, alert: AlertRow) -> str:
    """Give the condition of an alert as a sentence."""
    span = rule_span(phrases, alert.long_seconds)
    match alert.kind:
        case AlertKind.FORECAST:
            return phrases.gettext("the forecast reaches zero within {span}", span=span)
        case AlertKind.BINOMIAL:
            return phrases.gettext("too many were late to be chance, over {span}", span=span)
        case AlertKind.BURN:
            return phrases.ngettext(
                "{count} finding stays late for {span}",
                "{count} findings stay late for {span}",
                alert.findings,
                span=span,
            )


def alert_condition(phrases: Phrases, alert: AlertRow) -> str:
    """Give the windows and the threshold of an alert: 6 h, 1 h > 11.2."""
    if alert.threshold is None or alert.kind is not AlertKind.BURN:
        return phrases.coarse(alert.long_seconds)
    long, short = phrases.coarse(alert.long_seconds), phrases.coarse(alert.short_seconds)
    return phrases.gettext(
        "{long}, {short} > {rate}", long=long, short=short, rate=spans.rate(alert.threshold)
    )


def alert_now(phrases: Phrases, alert: AlertRow) -> str:
    """Give what an alert sees now."""
    if alert.kind is AlertKind.FORECAST:
        if alert.seconds_to_zero is None:
            return phrases.gettext("not in sight")
        if alert.seconds_to_zero <= 0:
            return phrases.gettext("gone already")
        return phrases.span(alert.seconds_to_zero)
    if alert.burn_long is None:
        return phrases.gettext("unknown")
    if alert.burn_short is None:
        return spans.rate(alert.burn_long)
    return f"{spans.rate(alert.burn_long)} / {spans.rate(alert.burn_short)}"
