"""What the demo needs of the site that it fills, and the clock that it sets there."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from tesuri.flows.intake.ingest_report import IngestOptions, IngestSummary
from tesuri.flows.lifecycle.load_feeds import FeedSummary
from tesuri.flows.site.idle_tick import TickSummary
from tesuri.model.control import GateReport
from tesuri.model.workspace import Workspace
from tesuri.ports import Store


class DemoSite(Protocol):
    """What the demo needs of the site that it fills."""

    @property
    def store(self) -> Store:
        """The store of the demo, never that of the user."""
        ...

    @property
    def workspace(self) -> Workspace:
        """The demo's declared files."""
        ...

    def ingest(self, data: bytes, *, where: str, options: IngestOptions) -> IngestSummary:
        """Take one report in."""
        ...

    def load_feed(self, data: bytes, *, where: str, as_of: date | None) -> FeedSummary:
        """Take one feed file in."""
        ...

    def check_plan(
        self, data: bytes, *, where: str, repository: str, fail_on_unknown: bool
    ) -> GateReport:
        """Ask the plan gate, which remembers what it answered."""
        ...

    def tick(self) -> TickSummary:
        """Do whatever is due."""
        ...


@dataclass(slots=True)
class DemoClock:
    """A clock that is set by hand: it is the site's clock while the demo is built."""

    now: datetime

    def __call__(self) -> datetime:
        """Give the instant that it was last set to."""
        return self.now
