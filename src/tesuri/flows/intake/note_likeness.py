"""Notice that a target that is new to a tool has the findings of one that no asset of the inventory names.

Most likely it was renamed. Nothing follows from it but a sentence: a fork has the same code too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from tesuri.flows.intake.recognise_findings import Arrival, Seen
from tesuri.model.finding import State
from tesuri.model.identifiers import AssetId, Identity
from tesuri.model.workspace import Workspace
from tesuri.ports import Writer
from tesuri.routing.targets import asset_of_target, index_targets
from tesuri.triage.fingerprint import identity_after, identity_beginning
from tesuri.triage.masking import mask

_LIVING: Final = frozenset({State.OPEN, State.WAIVED})
_MOST_ASSETS: Final = 100
_SAMPLE: Final = 50


@dataclass(frozen=True, slots=True)
class Likeness:
    """An asset that no inventory names, and how many new findings are like its open ones."""

    asset: str
    count: int


def likeness_of(
    opening: Sequence[Seen], arrival: Arrival, writer: Writer, workspace: Workspace
) -> Likeness | None:
    """Give the undeclared asset that at least half of what a new target opens is like; None where there is none.

    **cost** a hash for each of the newest hundred targets of the tool and each of fifty findings, and two questions.
    """
    here = {each.placed.asset for each in opening}
    assets = list(islice(_undeclared(here, arrival, writer, workspace), _MOST_ASSETS))
    sample = opening[:_SAMPLE]
    counts = _alike(sample, assets, arrival, writer)
    best = max(counts, key=lambda asset: counts[asset], default=None)
    if best is None or 2 * counts[best] < len(sample):
        return None
    return Likeness(best, _alike(opening, [best], arrival, writer)[best])


def _undeclared(
    here: set[str], arrival: Arrival, writer: Writer, workspace: Workspace
) -> Iterator[AssetId]:
    index = index_targets(workspace.assets)
    for target in writer.targets_beside(arrival.place.scope):
        asset = asset_of_target(mask(target), index)
        if not asset.is_declared and asset.id not in here:
            yield asset.id


def _alike(
    found: Sequence[Seen], assets: Sequence[AssetId], arrival: Arrival, writer: Writer
) -> Mapping[AssetId, int]:
    """Give how many open findings each asset has that these would be, were they its own."""
    under = {asset: {_under(each, asset) for each in found} for asset in assets}
    asked = sorted({identity for identities in under.values() for identity in identities})
    standings = writer.standings(arrival.place.scope, asked)
    living = {identity for identity, each in standings.items() if each.state in _LIVING}
    return {asset: len(identities & living) for asset, identities in under.items()}


def _under(seen: Seen, asset: AssetId) -> Identity:
    """Give its identity under another name; of equal ones in a file that of the first."""
    placed = seen.placed
    beginning = identity_beginning(
        placed.traits.kind, asset, placed.traits.head_named(placed.canonical)
    )
    return identity_after(beginning, seen.gist.tail, 0 if seen.gist.is_numbered else None)
