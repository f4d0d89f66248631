"""Which findings of two forms of one tool's report are the same, by where they are.

SARIF names neither the resource nor, often, the code that the tool's own JSON names, so their identities differ. What
both have is rule, file and line. A line alone proves nothing: when a block is removed, the next one moves to its place.
So two findings are one only where both forms show the rule at the very same lines of the file.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from tesuri.model.identifiers import Identity
from tesuri.triage.place import normal_path


class Spot(NamedTuple):
    """One finding where a form shows it."""

    identity: Identity
    asset: str
    rule: str
    """As the tool calls it."""
    name: str
    """The control that says the same as the rule; the rule itself where none does."""
    path: str
    line: int

    @property
    def shown_line(self) -> int:
        """Give the line; SARIF has no way to say that there is none, so tools write the first."""
        return max(1, self.line)


Where = tuple[str, str, str]
"""Asset, name of the rule, and path."""


class Folders(NamedTuple):
    """What one form writes before the paths of the other: the folder that was scanned."""

    arrived: str
    standing: str

    def of_arrived(self, spot: Spot) -> Where:
        """Give where a spot of the report is, its path without what the other form leaves out."""
        return spot.asset, spot.name, normal_path(spot.path).removeprefix(self.arrived)

    def of_standing(self, spot: Spot) -> Where:
        """Give the same of a spot that is known."""
        return spot.asset, spot.name, normal_path(spot.path).removeprefix(self.standing)


def folders_between(arrived: Iterable[str], standing: Iterable[str]) -> Folders:
    """Find the folder that one form writes before all paths; none where several would do as well.

    Checkov's JSON begins paths at the folder that was scanned, its SARIF at the one where it was started.
    """
    new, known = ({normal_path(each) for each in paths} - {""} for paths in (arrived, standing))
    tried: Counter[Folders] = Counter({Folders("", ""): len(new & known)})
    longer: Counter[str] = Counter(_leads(new, known))
    shorter: Counter[str] = Counter(_leads(known, new))
    tried.update({Folders(lead, ""): count for lead, count in longer.items()})
    tried.update({Folders("", lead): count for lead, count in shorter.items()})
    best = tried.most_common(2)
    is_clear = len(best) == 1 or best[0][1] > best[1][1]
    return best[0][0] if is_clear else Folders("", "")


def _leads(long: set[str], short: set[str]) -> Iterable[str]:
    """Give what stands before a short path in a long one, once for each pair of paths."""
    for path in long:
        parts = path.split("/")
        for start in range(1, len(parts)):
            if "/".join(parts[start:]) in short:
                yield "/".join(parts[:start]) + "/"


def pairs(
    arrived: Sequence[Spot],
    standing: Sequence[Spot],
    folders: Folders,
    *,
    are_of_one_scan: bool = False,
) -> Sequence[tuple[Identity, Identity]]:
    """Pair spots of a report with known ones that only another form has shown: report's identity and known one.

    Several of one rule at one line are paired in their order; where one form has fewer of them, the others have no
    partner. A spot has several partners where rules are different names of one control. Of one scan the lines alone
    are enough: nothing moved in between.
    """
    known: defaultdict[Where, list[Spot]] = defaultdict(list)
    for spot in standing:
        known[folders.of_standing(spot)].append(spot)
    new: defaultdict[Where, list[Spot]] = defaultdict(list)
    for spot in arrived:
        where = folders.of_arrived(spot)
        if where in known:
            new[where].append(spot)
    return [
        pair
        for where, spots in new.items()
        for pair in _paired(_by_line(spots), _by_line(known[where]))
        if are_of_one_scan or _lines(spots) == _lines(known[where])
    ]


def _paired(
    new: Mapping[int, Mapping[str, Sequence[Spot]]],
    known: Mapping[int, Mapping[str, Sequence[Spot]]],
) -> Iterable[tuple[Identity, Identity]]:
    for line in sorted(new.keys() & known.keys()):
        for spots, others in product(new[line].values(), known[line].values()):
            for one, other in zip(spots, others, strict=False):
                yield one.identity, other.identity


def _lines(spots: Iterable[Spot]) -> set[int]:
    return {spot.shown_line for spot in spots}


def _by_line(spots: Iterable[Spot]) -> Mapping[int, Mapping[str, Sequence[Spot]]]:
    lines: defaultdict[int, dict[str, list[Spot]]] = defaultdict(dict)
    for spot in spots:
        lines[spot.shown_line].setdefault(spot.rule, []).append(spot)
    return lines
