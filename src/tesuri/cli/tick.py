"""`tesuri tick`: do whatever is due."""

from typing import Annotated

import typer

from tesuri.cli.lists.listing import Column, Line, Listing
from tesuri.cli.lists.output import OutputFormat
from tesuri.cli.state import FORMAT_HELP, session_of
from tesuri.flows.site.idle_tick import TickSummary
from tesuri.model.objective import PolicyState
from tesuri.wording.phrases import Phrases, phrases_for
from tesuri.wording.words import word


def tick(
    context: typer.Context,
    form: Annotated[OutputFormat, typer.Option("--format", help=FORMAT_HELP)] = OutputFormat.TABLE,
) -> None:
    """Do whatever is due; doing it twice changes nothing.

    It decides again, gives findings to whom the declared files name, merges what turned out to be one, applies waivers, flags what is stale and notes policy states; `tesuri serve` does it by
    itself every minute.
    """
    session = session_of(context)
    # No time is shown, so no time zone is asked of the declared files.
    session.write(_listing(phrases_for(session.language, None), session.intake.tick()), form)


def _listing(phrases: Phrases, summary: TickSummary) -> Listing:
    counted = (
        ("decided", phrases.gettext("Decided again"), summary.decided),
        ("waived", phrases.gettext("Waived"), summary.waived),
        ("unwaived", phrases.gettext("Waivers ended"), summary.unwaived),
        ("stale", phrases.gettext("Became stale"), summary.stale),
        ("fresh", phrases.gettext("Fresh again"), summary.fresh),
        ("gone", phrases.gettext("Gone"), summary.gone),
        ("routed", phrases.gettext("Given to another owner"), summary.routed),
        ("joined", phrases.gettext("Merged with another finding"), summary.joined),
        ("relinked", phrases.gettext("Known by another name too"), summary.relinked),
    )
    lines = [
        Line({"what": key, "count": count}, [name, str(count)]) for key, name, count in counted
    ]
    columns = [
        Column("what", phrases.gettext("What")),
        Column("count", phrases.gettext("Count"), is_number=True),
    ]
    notes = [_state_note(phrases, *change) for change in summary.policy_states]
    if not summary.changes:
        notes = [phrases.gettext("Nothing was due.")]
    facts = {
        "policy_states": [
            {"owner": owner, "before": before or None, "state": state}
            for owner, before, state in summary.policy_states
        ]
    }
    return Listing("changes", columns, lines, notes=notes, facts=facts)


def _state_note(phrases: Phrases, owner: str, before: str, state: str) -> str:
    now = word(phrases, PolicyState(state))
    if not before:
        return phrases.gettext("Policy state of {owner}: {state}", owner=owner, state=now)
    return phrases.gettext(
        "Policy state of {owner}: {before}, now {state}",
        owner=owner,
        before=word(phrases, PolicyState(before)),
        state=now,
    )
