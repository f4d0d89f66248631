"""How many minutes closing a group takes: declared, else learnt from past fixes, else a default."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tesuri.model.effort import DeclaredEffort, Effort
from tesuri.model.observation import Kind
from tesuri.routing.glob import matches, specificity

FEWEST_SAMPLES = 3
"""Past fixes of a kind before their median says more than the default."""

DEFAULT_MINUTES: Mapping[Kind, int] = {
    Kind.VULNERABILITY: 60,
    Kind.MISCONFIGURATION: 60,
    Kind.WEAKNESS: 120,
    Kind.SECRET: 60,
    Kind.WEB: 120,
    Kind.LICENCE: 60,
    Kind.OTHER: 60,
}
"""Assumptions for a team without history; efforts.yaml or past fixes replace them."""


@dataclass(frozen=True, slots=True)
class FixSubject:
    """What a group is about, as far as the effort depends on it."""

    kind: Kind
    advisories: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EffortKnowledge:
    """All that is known about efforts."""

    declared: Sequence[DeclaredEffort] = ()
    samples: Mapping[Kind, Sequence[int]] = field(default_factory=dict)
    """Minutes of past fixes by kind."""


def learnt_minutes(knowledge: EffortKnowledge) -> Mapping[Kind, int]:
    """Give what past fixes say of each kind of which there are enough: all that samples change about an effort's minutes."""
    return {
        kind: max(1, _median(samples))
        for kind, samples in knowledge.samples.items()
        if len(samples) >= FEWEST_SAMPLES
    }


def group_effort(subject: FixSubject, knowledge: EffortKnowledge) -> Effort:
    """Give the minutes that one group takes, and how that is known.

    Among declared efforts the most specific wins: advisory before rule before package before kind.
    """
    fitting = [effort for effort in knowledge.declared if _fits(effort, subject)]
    if fitting:
        best = max(fitting, key=lambda effort: (_weight(effort), -effort.minutes))
        return Effort(best.minutes, f"declared in {best.source}" if best.source else "declared")
    samples = knowledge.samples.get(subject.kind, ())
    if len(samples) >= FEWEST_SAMPLES:
        count = len(samples)
        return Effort(max(1, _median(samples)), f"median of {count} past fixes of its kind")
    return Effort(DEFAULT_MINUTES[subject.kind], f"default for {subject.kind}")


def _fits(effort: DeclaredEffort, subject: FixSubject) -> bool:
    return (
        (effort.kind is None or effort.kind is subject.kind)
        and _any_fits(effort.advisory, subject.advisories)
        and _any_fits(effort.rule, subject.rules)
        and _any_fits(effort.package, subject.packages)
    )


def _any_fits(pattern: str, words: Sequence[str]) -> bool:
    return not pattern or any(matches(pattern, word) for word in words)


def _weight(effort: DeclaredEffort) -> tuple[tuple[bool, tuple[int, int, int]], ...]:
    patterns = (effort.advisory, effort.rule, effort.package, effort.kind or "")
    return tuple((bool(pattern), specificity(pattern)) for pattern in patterns)


def _median(samples: Sequence[int]) -> int:
    """Give the median in whole minutes; halves are rounded up."""
    ordered = sorted(samples)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return -(-(ordered[middle - 1] + ordered[middle]) // 2)
