"""How it is said what is otherwise now than it was then."""

from collections.abc import Iterator
from datetime import datetime

from tesuri.cli.lists.values import values_of
from tesuri.model.identifiers import finding_name
from tesuri.model.objective import PolicyState
from tesuri.model.signal import FeedName
from tesuri.model.views_changes import AnswerChange, BudgetChange, Changes, FindingChanges
from tesuri.model.views_findings import PathAnswer
from tesuri.wording.phrases import Phrases
from tesuri.wording.sentences import outcome_word
from tesuri.wording.words import option_word, question_word, word

_NAMES_SHOWN = 5


def change_values(changes: Changes) -> dict[str, object]:
    """Give the changes as a JSON object."""
    named = {
        name: [finding_name(key) for key in keys]
        for name, keys in (
            ("opened", changes.opened),
            ("reopened", changes.reopened),
            ("closed", changes.closed),
        )
    }
    return {**values_of(changes), **named}


def as_of_text(phrases: Phrases, at: datetime) -> str:
    """Give the time that is shown, in full: As of 2026-11-22 01:00 UTC."""
    day = at.astimezone(phrases.zone).date().isoformat()
    return phrases.gettext("As of {moment}", moment=f"{day} {phrases.clock(at)}")


def change_notes(phrases: Phrases, changes: Changes, *, has_budgets: bool) -> list[str]:
    """Give the sentences below a list of the past; one alone where nothing was recorded by then."""
    if changes.is_empty:
        return [phrases.gettext("Nothing was recorded by then.")]
    notes = [_counts(phrases, changes), *_feeds(phrases, changes)]
    notes += [
        phrases.gettext(
            "Policy state of {service}: {before}, now {after}",
            service=each.service,
            before=word(phrases, each.state.before),
            after=word(phrases, each.state.after),
        )
        for each in changes.services
    ]
    if has_budgets:
        notes += [
            phrases.gettext(
                "Restated with what was recorded since: {line}", line=_budget(phrases, each)
            )
            for each in changes.restated
        ]
        notes += [line for each in changes.budgets for line in _otherwise(phrases, each)]
    return [
        *notes,
        phrases.gettext(
            "Declared files are read as they are now; of their past only what decisions recorded is known."
        ),
    ]


def finding_change_lines(phrases: Phrases, changes: FindingChanges) -> list[str]:
    """Give one line for each thing that is otherwise about a finding."""
    if changes.is_new:
        return [phrases.gettext("It was not recorded by then")]
    lines = [*_facts(phrases, changes), *_inputs(phrases, changes)]
    lines += [line for each in changes.answers for line in _answer(phrases, each)]
    if not lines:
        lines = [phrases.gettext("Nothing about it is otherwise now")]
    return [*lines, *_otherwise(phrases, changes.budget)] if changes.budget else lines


def _counts(phrases: Phrases, changes: Changes) -> str:
    counts = {
        phrases.gettext("{count} opened"): len(changes.opened),
        phrases.gettext("{count} came back"): len(changes.reopened),
        phrases.gettext("{count} closed"): len(changes.closed),
        phrases.gettext("{count} decided otherwise"): len(changes.decided),
        phrases.gettext("{count} with another EPSS score"): changes.rescored,
    }
    told = [text.format(count=count) for text, count in counts.items() if count]
    if not told:
        return phrases.gettext("Changed since: nothing was opened, closed or decided otherwise")
    return phrases.gettext("Changed since: {changes}", changes=phrases.listed(told))


def _feeds(phrases: Phrases, changes: Changes) -> Iterator[str]:
    for each in changes.feeds:
        before = each.before.isoformat() if each.before else phrases.gettext("not loaded")
        after = each.after.isoformat()
        copy = _line(phrases, each.name.label, before, after)
        if each.name is FeedName.KEV and changes.listed:
            names = ", ".join(changes.listed[:_NAMES_SHOWN])
            more = len(changes.listed) - _NAMES_SHOWN
            shown = f"{names} +{more}" if more > 0 else names
            copy = phrases.listed([copy, phrases.gettext("listed since: {names}", names=shown)])
        yield copy


def _facts(phrases: Phrases, changes: FindingChanges) -> Iterator[str]:
    if (state := changes.state) is not None:
        yield _line(
            phrases,
            phrases.gettext("State"),
            word(phrases, state.before),
            word(phrases, state.after),
        )
    if (severity := changes.severity) is not None:
        before, after = word(phrases, severity.before), word(phrases, severity.after)
        yield _line(phrases, phrases.gettext("Severity"), before, after)
    if (outcome := changes.outcome) is not None:
        before, after = (
            outcome_word(phrases, each) if each else "-" for each in (outcome.before, outcome.after)
        )
        yield _line(phrases, phrases.gettext("Priority"), before, after)
    if (due := changes.due_at) is not None:
        before, after = (_moment(phrases, each) for each in (due.before, due.after))
        yield _line(phrases, phrases.gettext("Due"), before, after)
    if (service := changes.service) is not None:
        yield _line(
            phrases, phrases.gettext("Service"), service.before or "-", service.after or "-"
        )


def _inputs(phrases: Phrases, changes: FindingChanges) -> Iterator[str]:
    for each in changes.inputs:
        is_feed = each.as_of_before or each.as_of_after
        before, after = (
            phrases.gettext(
                "{value} ({source})",
                value=value or "-",
                source=f"{each.source} {as_of or ''}".rstrip(),
            )
            if as_of or not is_feed
            else phrases.gettext("not loaded")
            for value, as_of in (
                (each.before, each.as_of_before),
                (each.after, each.as_of_after),
            )
        )
        yield _line(phrases, each.name.value, before, after)


def _answer(phrases: Phrases, change: AnswerChange) -> Iterator[str]:
    yield _line(
        phrases,
        question_word(phrases, change.question).rstrip("?"),
        _said(phrases, change.before),
        _said(phrases, change.after),
    )


def _said(phrases: Phrases, answer: PathAnswer | None) -> str:
    if answer is None:
        return "-"
    return phrases.gettext(
        "{answer}, {reason} ({source})",
        answer=option_word(phrases, answer.value),
        reason=phrases.pick(phrases.said(answer.reason), answer.reason_ja).rstrip(".。"),
        source=phrases.said(answer.source),
    )


def _otherwise(phrases: Phrases, change: BudgetChange) -> list[str]:
    """Say how a budget stood and stands; nothing where a reader would see the same figures twice."""
    before, after = _left(phrases, change)
    return [] if before == after else [_budget(phrases, change)]


def _budget(phrases: Phrases, change: BudgetChange) -> str:
    name = phrases.gettext(
        "Budget {objective} of {service}",
        objective=change.objective,
        service=change.service or "-",
    )
    return _line(phrases, name, *_left(phrases, change))


def _left(phrases: Phrases, change: BudgetChange) -> list[str]:
    return [
        word(phrases, state)
        if state is PolicyState.UNKNOWN
        else phrases.gettext(
            "{state}, {left} of {whole} left",
            state=word(phrases, state),
            left=phrases.hours(remaining),
            whole=phrases.hours(allowance),
        )
        for state, remaining, allowance in (
            (change.state.before, change.remaining_seconds.before, change.allowance_seconds.before),
            (change.state.after, change.remaining_seconds.after, change.allowance_seconds.after),
        )
    ]


def _line(phrases: Phrases, name: str, before: str, after: str) -> str:
    return phrases.gettext("{name}: {before} → {after}", name=name, before=before, after=after)


def _moment(phrases: Phrases, at: datetime | None) -> str:
    return phrases.instant(at) if at else "-"
