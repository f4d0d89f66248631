"""One copy of a feed as it came in: its bytes, its name, and the day that the user gives for it."""

import hashlib
from dataclasses import dataclass
from datetime import date

from tesuri.model.signal import FeedHeader, FeedName


@dataclass(frozen=True, slots=True)
class SourceCopy:
    """What every reader of a feed gets beside the content."""

    data: bytes
    """As fetched, so that its hash can be compared with the publisher's."""
    where: str
    as_of: date | None

    def header(self, name: FeedName, *, as_of: date, rows: int, version: str = "") -> FeedHeader:
        """Give the header for what was found in the content."""
        return FeedHeader(
            name=name,
            as_of=as_of,
            sha256=hashlib.sha256(self.data).hexdigest(),
            rows=rows,
            source_file=self.where,
            version=version,
        )
