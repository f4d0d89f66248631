"""Looking back: what `--as-of` and `--since` accept, and the site that a command then asks."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

import typer

from tesuri.cli.lists.changes import as_of_text, change_notes, change_values
from tesuri.cli.lists.listing import Listing
from tesuri.cli.lists.values import value_of
from tesuri.cli.state import Session
from tesuri.flows import moment
from tesuri.flows.pages.compare_times import Sight, compare_findings, compare_surveys
from tesuri.model.identifiers import FindingKey, TeamId
from tesuri.model.views_changes import Changes, FindingChanges, Moved
from tesuri.model.views_explanation import Explanation
from tesuri.wiring.site import Site
from tesuri.wording.phrases import Phrases

AsOf = Annotated[
    str,
    typer.Option(
        "--as-of",
        metavar="TIME",
        help="Show what was shown then, and what changed since: 2026-10-01 (its end), 2026-10-01T09:00:00Z, or 7d ago.",
    ),
]


@dataclass(frozen=True, slots=True)
class Look:
    """What a command looks at: now, or the past with what is otherwise since."""

    site: Site
    changes: Changes | None = None

    def told(self, phrases: Phrases, listing: Listing, *, has_budgets: bool = False) -> Listing:
        """Give the list with the time that it shows and what changed since; unchanged for now."""
        if self.changes is None:
            return listing
        at = self.changes.since
        moment = as_of_text(phrases, at)
        notes = change_notes(phrases, self.changes, has_budgets=has_budgets)
        is_empty = self.changes.is_empty
        return replace(
            listing,
            title=" · ".join(part for part in (moment, "" if is_empty else listing.title) if part),
            notes=notes if is_empty else [*listing.notes, *notes],
            facts={
                "as_of": value_of(at),
                **listing.facts,
                "changed_since": change_values(self.changes),
            },
        )


@contextmanager
def looking(session: Session, as_of: str, team: TeamId | None) -> Iterator[Look]:
    """Give what a command looks at. **raises** BadInput for a time that nobody can look back to."""
    if not as_of:
        yield Look(session.site)
        return
    at = moment_of(session, as_of, where="--as-of", is_end=True)
    with session.site.past(at) as then:
        with then.survey() as before, session.site.survey() as after:
            changes = compare_surveys(Sight(*before), Sight(*after), team=team, since=at)
        yield Look(then, changes)


def explained_then(
    session: Session, finding: FindingKey, at: datetime, now: Explanation
) -> tuple[Explanation | None, FindingChanges]:
    """Give the explanation of then, None where nobody had recorded the finding, and what changed since."""
    with session.site.past(at) as then, then.survey() as before, session.site.survey() as after:
        explained = then.explain(finding, now=at)
        surveys = Moved(before[0], after[0])
        return explained, compare_findings(explained, now, surveys=surveys, since=at)


def moment_of(session: Session, text: str, *, where: str, is_end: bool) -> datetime:
    """Give the instant that a text names to this reader. **raises** BadInput, see `flows.moment`."""
    return moment.moment_of(
        text, now=session.site.clock(), zone=session.phrases.zone, where=where, is_end=is_end
    )
