"""Take a copy of a feed into the store, and decide again whatever it changes."""

from dataclasses import dataclass
from datetime import datetime

from tesuri.flows.lifecycle.triage_findings import triage
from tesuri.model.finding import State
from tesuri.model.signal import Feed, FeedHeader, FeedName
from tesuri.model.workspace import Workspace
from tesuri.ports import Store
from tesuri.triage.table import DecisionTable


@dataclass(frozen=True, slots=True)
class FeedSummary:
    """What one feed file changed."""

    header: FeedHeader
    is_known: bool
    """This very file was loaded before; nothing changed."""
    decided: int
    """Findings whose decision changed."""


def load_feed(
    feed: Feed, *, store: Store, workspace: Workspace, table: DecisionTable, now: datetime
) -> FeedSummary:
    """Keep the feed and triage every living finding again, in one transaction.

    **raises** BadInput while the feed's records are read; nothing is kept then.
    """
    with store.write(now) as writer:
        if not writer.add_feed(feed):
            return FeedSummary(feed.header, is_known=True, decided=0)
        if feed.header.name is FeedName.ENDOFLIFE:
            return FeedSummary(feed.header, is_known=False, decided=0)
        living = writer.findings((State.OPEN, State.WAIVED))
        events = triage(
            [each.key for each in living],
            writer=writer,
            workspace=workspace,
            table=table,
            now=now,
            actor=f"feed:{feed.header.name.value}",
        )
        writer.append(events)
    return FeedSummary(feed.header, is_known=False, decided=len(events))
