"""How long past fixes took, as far as people recorded when they began: the samples that efforts are learnt from."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from tesuri.flows.site.survey import Survey
from tesuri.model.event import EventKind
from tesuri.model.finding import Finding, State, Work
from tesuri.model.identifiers import FindingKey, GroupKey
from tesuri.model.observation import Kind
from tesuri.ports import Reader

_LONGEST = timedelta(hours=8)
"""From taking it to its closing within one working day; more is waiting, not work."""


def effort_samples(survey: Survey, reader: Reader) -> Mapping[Kind, Sequence[int]]:
    """Give the minutes of past fixes by kind, one for each group that was fixed.

    A group counts from the first time that somebody took one of its findings to its last closing.
    **cost** one question to the journal for the events of work, and one look at each finding that it names.
    """
    begun = _begun(reader)
    taken: dict[GroupKey, list[datetime]] = defaultdict(list)
    closed: dict[GroupKey, list[datetime]] = defaultdict(list)
    kinds: dict[GroupKey, Kind] = {}
    for finding in _named(survey.findings, begun):
        if finding.state is State.FIXED and finding.closed_at is not None:
            taken[finding.group].append(begun[finding.key])
            closed[finding.group].append(finding.closed_at)
            kinds[finding.group] = finding.kind
    samples: dict[Kind, list[int]] = defaultdict(list)
    for group, kind in kinds.items():
        took = max(closed[group]) - min(taken[group])
        if timedelta(0) < took <= _LONGEST:
            samples[kind].append(max(1, int(took.total_seconds() // 60)))
    return samples


def _named(findings: Sequence[Finding], keys: Iterable[FindingKey]) -> Iterator[Finding]:
    for key in sorted(keys):
        place = bisect_left(findings, key, key=lambda each: each.key)
        if place < len(findings) and findings[place].key == key:
            yield findings[place]


def _begun(reader: Reader) -> Mapping[FindingKey, datetime]:
    """Give when each finding was last taken into work."""
    begun: dict[FindingKey, datetime] = {}
    for event in reader.events(kinds=[EventKind.WORK_CHANGED]):
        changed = event.payload.get("set")
        work = changed.get("work") if isinstance(changed, Mapping) else None
        if event.finding is not None and work == Work.IN_PROGRESS.value:
            begun[event.finding] = event.happened_at
    return begun
