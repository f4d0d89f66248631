"""How `tesuri explain` writes one finding's priority and deadline."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

import typer
from rich.console import Console

from tesuri.cli.lists.changes import as_of_text, finding_change_lines
from tesuri.cli.lists.output import SCHEMA_VERSION, OutputFormat, markdown_text, print_json
from tesuri.cli.lists.values import values_of
from tesuri.cli.lists.week import due_cell, severity_mark
from tesuri.cli.state import Session
from tesuri.cli.terminal import console, say
from tesuri.model.errors import BadInput
from tesuri.model.identifiers import finding_name, group_name
from tesuri.model.objective import ClockStart
from tesuri.model.views_changes import FindingChanges
from tesuri.model.views_explanation import Explanation
from tesuri.model.views_findings import PathAnswer
from tesuri.wording.phrases import Phrases, msg
from tesuri.wording.sentences import do_text, outcome_with_time, outcome_word
from tesuri.wording.spans import percent
from tesuri.wording.words import option_word, question_word, word


def write_explanation(
    session: Session,
    explanation: Explanation,
    form: OutputFormat,
    *,
    changes: FindingChanges | None = None,
) -> None:
    """Write it for people or as JSON. **raises** BadInput for a format that only lists have."""
    if form in (OutputFormat.JSON, OutputFormat.JSONL):
        values = {"schema": SCHEMA_VERSION, **values_of(explanation)}
        if changes is not None:
            values["changed_since"] = values_of(changes)
        print_json(values, is_indented=form is OutputFormat.JSON)
        return
    if form is OutputFormat.CSV:
        raise BadInput(
            "An explanation is no list.", where="--format", remedy="Use table, markdown or json."
        )
    out = console(session.colour)
    for title, lines in _sections(session.phrases, explanation, changes):
        if form is OutputFormat.MARKDOWN:
            items = "\n".join(f"- {markdown_text(line)}" for line in lines)
            typer.echo(f"## {markdown_text(title)}\n\n{items}\n")
        else:
            _write_section(out, title, lines)


def _write_section(out: Console, title: str, lines: list[str]) -> None:
    say(out, title, "bold")
    for line in lines:
        say(out, line, indent=2)


def _sections(
    phrases: Phrases, explanation: Explanation, changes: FindingChanges | None
) -> Iterator[tuple[str, list[str]]]:
    row, now = explanation.finding, explanation.now
    title = phrases.pick(row.title, row.title_ja)
    is_past = changes is not None and changes.since == now
    yield (
        f"{severity_mark(row.severity)} {finding_name(row.key)} {title}"
        + (f" · {as_of_text(phrases, now)}" if is_past else ""),
        _facts(phrases, explanation, now),
    )
    if changes is not None:
        since = phrases.instant(changes.since)
        yield (
            phrases.gettext("Changed since {moment}", moment=since),
            finding_change_lines(phrases, changes),
        )
    if explanation.decision is None:
        yield phrases.gettext("Why this priority"), [phrases.gettext("Not triaged yet")]
    else:
        yield from _decision(phrases, explanation, now)
    yield phrases.gettext("When it is due"), _due(phrases, explanation, now)
    yield phrases.gettext("What was seen"), _inputs(phrases, explanation, now)
    history = [
        f"{phrases.instant(each.at, now)}  {word(phrases, each.kind)}  {each.actor}  {phrases.said(each.reason)}".rstrip()
        for each in explanation.history
    ]
    if history:
        yield phrases.gettext("History"), history


def _facts(phrases: Phrases, explanation: Explanation, now: datetime) -> list[str]:
    row = explanation.finding
    owner = phrases.pick(row.owner, row.owner_ja) or phrases.gettext("Nobody owns it")
    source = phrases.said(explanation.owner_source)
    facts = [
        (
            phrases.gettext("Do"),
            f"{do_text(phrases, explanation.do)} {group_name(explanation.group)}",
        ),
        (phrases.gettext("State"), f"{word(phrases, row.state)} · {word(phrases, row.work)}"),
        (
            phrases.gettext("Owner"),
            phrases.gettext("{value} ({source})", value=owner, source=source),
        ),
        (phrases.gettext("Service"), row.service or ""),
        (phrases.gettext("Asset"), row.asset),
        (phrases.gettext("Due"), due_cell(phrases, row.due_at, row.late_seconds, now)),
    ]
    return [
        phrases.gettext("{name}: {value}", name=name, value=value) for name, value in facts if value
    ]


def _decision(
    phrases: Phrases, explanation: Explanation, now: datetime
) -> Iterator[tuple[str, list[str]]]:
    path = explanation.decision
    assert path is not None
    place = phrases.gettext(
        "{table}, row {row} of {rows}", table=path.table, row=str(path.row + 1), rows=str(path.rows)
    )
    seconds = explanation.due.objective_seconds if explanation.due else None
    outcome = outcome_with_time(phrases, path.outcome, seconds)
    lines = [_answer(phrases, answer, now) for answer in path.answers]
    decided = phrases.gettext("{outcome} ({place})", outcome=outcome, place=place)
    yield phrases.gettext("Why this priority"), [decided, *lines]
    if path.would_change:
        yield (
            phrases.gettext("What would change it"),
            [
                phrases.gettext(
                    "{question} {answer}: {outcome}",
                    question=question_word(phrases, step.question),
                    answer=option_word(phrases, step.value),
                    outcome=outcome_word(phrases, step.outcome),
                )
                for step in path.would_change
            ],
        )


def _answer(phrases: Phrases, answer: PathAnswer, now: datetime) -> str:
    source = phrases.said(answer.source)
    if answer.observed_at:
        source += phrases.gettext(", {age}", age=phrases.ago(answer.observed_at, now))
    default = f" [{phrases.gettext('default')}]" if answer.is_default else ""
    return phrases.gettext(
        "{question} {answer}. {reason} ({source})",
        question=question_word(phrases, answer.question),
        answer=f"{option_word(phrases, answer.value)}{default}",
        reason=phrases.pick(phrases.said(answer.reason), answer.reason_ja),
        source=source,
    )


_RULES: Final = {
    (ClockStart.DETECTED, False): msg("{objective}: {span} from {start}"),
    (ClockStart.FIX_AVAILABLE, False): msg(
        "{objective}: {span} from the fix or, where nobody told of one, from being found: {start}"
    ),
    (ClockStart.FIX_AVAILABLE, True): msg(
        "{objective}: {span} from a fix; there is none yet, so it is not due and uses no budget"
    ),
}


def _due(phrases: Phrases, explanation: Explanation, now: datetime) -> list[str]:
    due, burning = explanation.due, explanation.burning
    if due is None:
        return [phrases.gettext("No objective covers it")]
    lines = [
        phrases.gettext(
            _RULES[due.clock, due.is_waiting_for_fix],
            objective=phrases.pick(due.title, due.title_ja),
            span=phrases.span(due.objective_seconds),
            start=phrases.instant(due.clock_started_at, now),
        )
    ]
    if due.agreed_by:
        lines.append(
            phrases.gettext("Agreed by {who} ({source})", who=due.agreed_by, source=due.source)
        )
    if due.paused_seconds:
        lines.append(
            phrases.gettext(
                "Waivers held the clock for {span}", span=phrases.span(due.paused_seconds)
            )
        )
    if burning is not None:
        lines.append(
            phrases.gettext(
                "It used {hours}, {share} of the allowance; {left} left, {state}",
                hours=phrases.hours(burning.used_seconds),
                share=percent(burning.share),
                left=phrases.hours(burning.remaining_seconds),
                state=word(phrases, burning.state),
            )
        )
        if burning.is_neutral:
            lines.append(phrases.gettext("It counts in no budget until it is seen live"))
    return lines


def _inputs(phrases: Phrases, explanation: Explanation, now: datetime) -> list[str]:
    return [
        phrases.gettext(
            "{name}: {value}",
            name=each.name.value,
            value=phrases.gettext(
                "{value} ({source})",
                value=each.value or "-",
                source=f"{phrases.said(each.source)}{_age(phrases, each.as_of, now)}",
            ),
        )
        for each in explanation.inputs
    ]


def _age(phrases: Phrases, as_of: date | None, now: datetime) -> str:
    if as_of is None:
        return ""
    days = str(max(0, (now.date() - as_of).days))
    told = phrases.gettext("{day}, {count} d old", day=as_of.isoformat(), count=days)
    return phrases.gettext(", {age}", age=told)
