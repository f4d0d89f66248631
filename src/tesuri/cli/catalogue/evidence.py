"""`tesuri evidence`: which requirements of a framework the controls answer to, where, and what nobody can see."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated

import typer

from tesuri.cli.lists.listing import Column, Line, Listing
from tesuri.cli.lists.output import OutputFormat
from tesuri.cli.lists.output_file import FileOption
from tesuri.cli.lists.values import value_of
from tesuri.cli.state import FORMAT_HELP, session_of
from tesuri.model.views_guardrails import (
    ControlStanding,
    FrameworkView,
    RequirementRow,
    SeenBy,
)
from tesuri.wording.phrases import Phrases, msg

UNSEEN = msg("No control is written for it yet.")
"""Reason of a requirement of a file that gives none."""

_NESTED = (OutputFormat.JSON, OutputFormat.JSONL)

app = typer.Typer(
    help="Evidence: which requirements the controls answer to, and where each is observed.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.callback()
def evidence() -> None:
    """Keep `framework` a command of its own."""


@app.command()
def framework(
    context: typer.Context,
    name: Annotated[
        str,
        typer.Argument(metavar="[NAME]", help="Framework, such as cis-aws-3.0; none lists all."),
    ] = "",
    form: Annotated[OutputFormat, typer.Option("--format", help=FORMAT_HELP)] = OutputFormat.TABLE,
    _output: FileOption = None,
) -> None:
    """Show each requirement of a framework with its controls, the points where they act, and what was observed.

    Requirements that no control can see are listed with the reason. Where there is a store, its open findings and the
    last time that something spoke of a control are shown: that nothing was found is no proof that it was looked at.
    """
    session = session_of(context)
    site, phrases = session.site, session.phrases
    if not name:
        session.write(_names(phrases, site.framework_list()), form)
        return
    now = site.clock()
    view = site.framework(name, now=now)
    session.write(_requirements(phrases, view, form, now), form)


def _names(phrases: Phrases, views: Sequence[FrameworkView]) -> Listing:
    columns = [
        Column("id", phrases.gettext("Framework")),
        Column("aliases", phrases.gettext("Also")),
        Column("requirements", phrases.gettext("Requirements"), is_number=True),
        Column("seen", phrases.gettext("Seen"), is_number=True),
        Column("unseen", phrases.gettext("Unseen"), is_number=True),
        Column("title", phrases.gettext("Title"), is_cut=True),
    ]
    lines = [
        Line(
            {
                "id": view.id,
                "aliases": list(view.aliases),
                "title": view.title["en"],
                "title_ja": view.title["ja"],
                "source": view.source["en"],
                "source_ja": view.source["ja"],
                **_figures(view),
            },
            [
                view.id,
                ", ".join(view.aliases),
                str(len(view.rows)),
                str(view.seen),
                str(len(view.rows) - view.seen),
                _text(phrases, view.title),
            ],
        )
        for view in views
    ]
    return Listing("frameworks", columns, lines)


def _figures(view: FrameworkView) -> Mapping[str, object]:
    total = len(view.rows)
    return {"requirements": total, "seen": view.seen, "unseen": total - view.seen}


def _requirements(
    phrases: Phrases, view: FrameworkView, form: OutputFormat, now: datetime
) -> Listing:
    has_store = any(each.standing for row in view.rows for each in row.controls)
    observed = [
        Column("open", phrases.gettext("Open"), is_number=True),
        Column("observed_at", phrases.gettext("Last observed")),
    ]
    columns = [
        Column("requirement", phrases.gettext("Requirement")),
        Column("title", phrases.gettext("Asks for"), is_cut=True),
        Column("control", phrases.gettext("Control")),
        *(observed if has_store else []),
        Column("points", phrases.gettext("Points"), is_wrapped=True),
    ]
    lines = (
        [Line(_nested_values(phrases, row), []) for row in view.rows]
        if form in _NESTED
        else [line for row in view.rows for line in _flat(phrases, row, now, has_store=has_store)]
    )
    facts = {
        "framework": view.id,
        "title": view.title["en"],
        "title_ja": view.title["ja"],
        "source": view.source["en"],
        "source_ja": view.source["ja"],
        **_figures(view),
        "answered_at": {point.value: value_of(at) for point, at in view.answered_at.items()},
    }
    return Listing(
        "rows",
        columns,
        lines,
        title=_text(phrases, view.title),
        notes=_notes(phrases, view, now),
        facts=facts,
    )


def _notes(phrases: Phrases, view: FrameworkView, now: datetime) -> Sequence[str]:
    total = len(view.rows)
    seen = phrases.gettext(
        "{seen} of {total} requirements are answered to by a control; {unseen} are not.",
        seen=str(view.seen),
        total=str(total),
        unseen=str(total - view.seen),
    )
    answered = [
        phrases.gettext("{point}: last answered {ago}", point=point.value, ago=phrases.ago(at, now))
        for point, at in sorted(view.answered_at.items())
    ]
    return [seen, *([phrases.listed(answered)] if answered else [])]


def _flat(
    phrases: Phrases, row: RequirementRow, now: datetime, *, has_store: bool
) -> Iterator[Line]:
    """Give one line a control; the requirement is written once, so that the eye finds where the next begins."""
    if not row.controls:
        blank = ["", ""] if has_store else []
        cells = [row.requirement, _text(phrases, row.title), "–", *blank, reason(phrases, row)]
        yield Line(_flat_values(phrases, row, None), cells, style="dim")
    for position, each in enumerate(row.controls):
        head = ["", ""] if position else [row.requirement, _text(phrases, row.title)]
        points = ", ".join(point.value for point in each.points)
        cells = [*head, each.control, *_standing_cells(phrases, each.standing, now), points]
        yield Line(_flat_values(phrases, row, each), cells)


def _standing_cells(
    phrases: Phrases, standing: ControlStanding | None, now: datetime
) -> Sequence[str]:
    if standing is None:
        return []
    at = standing.observed_at
    return [str(standing.open), phrases.ago(at, now) if at else phrases.gettext("not yet")]


def _requirement_values(phrases: Phrases, row: RequirementRow) -> Mapping[str, object]:
    return {
        "requirement": row.requirement,
        "title": row.title["en"],
        "title_ja": row.title["ja"],
        "group": row.group,
        "framework": row.framework,
        "is_seen": row.is_seen,
        "reason": "" if row.is_seen else reason(phrases, row),
    }


def _nested_values(phrases: Phrases, row: RequirementRow) -> Mapping[str, object]:
    controls = [_control_values(each) for each in row.controls]
    return {**_requirement_values(phrases, row), "controls": controls}


def _control_values(each: SeenBy) -> Mapping[str, object]:
    return {
        "control": each.control,
        "title": each.title["en"],
        "points": [point.value for point in each.points],
        **_standing_values(each.standing),
    }


def _standing_values(standing: ControlStanding | None) -> Mapping[str, object]:
    if standing is None:
        return {}
    return {
        "open": standing.open,
        "undeployed": standing.undeployed,
        "waived": standing.waived,
        "observed_at": value_of(standing.observed_at),
    }


def _flat_values(
    phrases: Phrases, row: RequirementRow, each: SeenBy | None
) -> Mapping[str, object]:
    told = _requirement_values(phrases, row)
    if each is None:
        return {**told, "control": "", "points": []}
    points = [point.value for point in each.points]
    return {**told, "control": each.control, "points": points, **_standing_values(each.standing)}


def reason(phrases: Phrases, row: RequirementRow) -> str:
    """Give why no control sees a requirement."""
    return _text(phrases, row.unseen) if row.unseen else phrases.gettext(UNSEEN)


def _text(phrases: Phrases, texts: Mapping[str, str]) -> str:
    return phrases.pick(texts["en"], texts.get("ja", ""))
