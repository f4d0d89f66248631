"""The history of two findings that were one all along: what either was counts, and nothing counts twice."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tesuri.model.clock import ClockFact, Closed, Decided, Neutral, Opened, Reopened, SeenLive
from tesuri.model.finding import State

_BY_EVIDENCE = frozenset({State.FIXED, State.GONE})


@dataclass(frozen=True, slots=True)
class _Span:
    """A time in which it was open."""

    start: datetime
    end: datetime | None
    closing: Closed | None
    """What ended it; None while it goes on."""


def joint_facts(survivor: Sequence[ClockFact], other: Sequence[ClockFact]) -> list[ClockFact]:
    """Give the facts of the one finding that both histories are of.

    It was open as long as either was, from the first detection on. The decisions are of the one that was found first;
    the survivor's count from when they are told after the joining. Waivers of both hold. What people decided last
    about either (not affected, false positive, mitigated) ends it.
    """
    if _is_undeployed(survivor) is not _is_undeployed(other):
        # What a gate said of a change tells nothing about what ran all along.
        return list(other if _is_undeployed(survivor) else survivor)
    own, others = _spans(survivor), _spans(other)
    is_own_first = not others or (bool(own) and own[0].start <= others[0].start)
    first, second = (survivor, other) if is_own_first else (other, survivor)
    decided = [fact for fact in first if isinstance(fact, Decided)]
    decided = decided or [fact for fact in second if isinstance(fact, Decided)]
    rest = [
        fact
        for fact in (*survivor, *other)
        if not isinstance(fact, Opened | Closed | Reopened | Decided)
    ]
    spans = _ended(_united([*own, *others]), [*own[-1:], *others[-1:]])
    return [*_told(spans), *decided, *rest]


def _is_undeployed(facts: Sequence[ClockFact]) -> bool:
    kinds = {type(fact) for fact in facts}
    return Neutral in kinds and SeenLive not in kinds


def _spans(facts: Sequence[ClockFact]) -> list[_Span]:
    """Give the times in which one finding was open, in order."""
    spans: list[_Span] = []
    for fact in sorted(facts, key=lambda each: each.at):
        match fact:
            case Opened(at) if not spans:
                spans.append(_Span(at, None, None))
            case Reopened(at) if spans and spans[-1].end is not None:
                spans.append(_Span(at, None, None))
            case Closed(at) if spans:
                end = spans[-1].end
                spans[-1] = replace(spans[-1], end=at if end is None else end, closing=fact)
            case _:
                pass
    return spans


def _united(spans: Sequence[_Span]) -> list[_Span]:
    united: list[_Span] = []
    for span in sorted(spans, key=lambda each: each.start):
        last = united[-1] if united else None
        if last is None or (last.end is not None and last.end < span.start):
            united.append(span)
        elif last.end is not None and (span.end is None or span.end >= last.end):
            united[-1] = replace(last, end=span.end, closing=span.closing)
    return united


def _ended(spans: list[_Span], last: Sequence[_Span]) -> list[_Span]:
    """Let the newest decision of people end it for good, whatever the other one was then."""
    closings = [span.closing for span in last if span.closing is not None]
    decisions = [each for each in closings if each.state not in _BY_EVIDENCE]
    if not decisions:
        return spans
    newest = max(decisions, key=lambda each: each.at)
    kept = [span for span in spans if span.start < newest.at] or spans[:1]
    at = max(newest.at, kept[-1].start)
    end = kept[-1].end
    return [*kept[:-1], replace(kept[-1], end=at if end is None else min(end, at), closing=newest)]


def _told(spans: Sequence[_Span]) -> list[ClockFact]:
    facts: list[ClockFact] = []
    for span in spans:
        facts.append(Reopened(span.start) if facts else Opened(span.start))
        if span.end is not None and span.closing is not None:
            facts.append(Closed(span.end, span.closing.state))
    return facts
