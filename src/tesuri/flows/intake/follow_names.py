"""Recognise under an asset's present name what was found under those that it had before.

An identity is made of the asset's name, and what a code weakness is made of beside it is not kept, so it can be worked
out only from a report. Where the inventory says what an asset was called formerly, whatever was found then is the same
finding with its clock, and the scopes of its former names see nothing any more.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from tesuri.flows.intake.recognise_findings import Arrival, Recognised, Recognition, Seen
from tesuri.model.estate import Asset
from tesuri.model.identifiers import AssetId, FindingKey, Identity
from tesuri.model.observation import Kind
from tesuri.model.standing import ScanPlace
from tesuri.model.workspace import Workspace
from tesuri.ports import Writer
from tesuri.routing.targets import asset_of_target, former_names, index_targets
from tesuri.triage.fingerprint import identity_after, identity_beginning
from tesuri.triage.masking import mask

_KNOWN_BY_NAME: Final = frozenset({Kind.VULNERABILITY})
"""What the next tick relinks by itself where an asset is declared late."""


def superseding(arrival: Arrival, writer: Writer, workspace: Workspace) -> ScanPlace:
    """Give the scan's place with the scopes of the same tool that its asset had under former names."""
    asset = asset_of_target(mask(arrival.target), index_targets(workspace.assets))
    if not asset.formerly:
        return arrival.place
    scopes = writer.scopes_of(arrival.place.scope, asset.formerly)
    return replace(arrival.place, superseded=frozenset(scopes))


class FormerNames:
    """One report on assets that had other names."""

    def __init__(self, arrival: Arrival, writer: Writer, workspace: Workspace) -> None:
        """Take the report's scan."""
        self._arrival = arrival
        self._writer = writer
        self._assets = {each.id: each for each in workspace.assets}
        self._names: dict[AssetId, tuple[AssetId, ...]] = {}
        self._identity_links = writer.identity_links() if self._assets else {}
        self.links: dict[Identity, list[Identity]] = defaultdict(list)
        """Identities that lead to a finding from now on, by its own."""
        self.merges: list[tuple[FindingKey, FindingKey]] = []
        """Findings that turned out to be one, the older first."""

    def settle(self, found: Recognised, recognition: Recognition) -> Recognised:
        """Give the findings of a batch under the identities that they were found with before."""
        renamed = [each for each in found.first if self._former(each.placed.asset)]
        if not renamed or self._arrival.is_undeployed:
            return found
        scope = self._arrival.place.scope
        known = self._writer.standings(scope, [each.identity for each in renamed])
        before = {
            each.identity: tuple(self._identities(each, number))
            for each, number in self._wanted(renamed, known)
        }
        asked = sorted({identity for some in before.values() for identity in some})
        older = self._writer.standings(scope, asked)
        names: dict[Identity, Identity] = {}
        for identity, some in before.items():
            first = next((each for each in some if each in older and each != identity), None)
            if first is None:
                continue
            if identity in known:
                one, other = sorted((known[identity].key, older[first].key))
                self.merges.append((one, other))
            elif first not in names.values():
                names[identity] = first
                self.links[first].append(identity)
        recognition.also(names)
        return Recognised(
            [
                each._replace(identity=names.get(each.identity, each.identity))
                for each in found.first
            ],
            found.merged,
            [names.get(each, each) for each in found.identities],
        )

    def _former(self, name: str) -> tuple[AssetId, ...]:
        """Give the former names of an asset, by its id."""
        asset = self._assets.get(AssetId(name))
        if asset is None:
            return ()
        if asset.id not in self._names:
            self._names[asset.id] = tuple(former_names(asset, [mask(self._arrival.target)]))
        return self._names[asset.id]

    def _wanted(
        self, renamed: Sequence[Seen], known: Mapping[Identity, object]
    ) -> Iterator[tuple[Seen, int]]:
        """Give what may have been found before, each with its number among equal ones of its file."""
        counted: Counter[tuple[object, bytes]] = Counter()
        # Numbers follow the lines, not the order of the report.
        for each in sorted(renamed, key=lambda seen: seen.gist.line):
            equal = id(each.placed), each.gist.tail
            number = counted[equal]
            counted[equal] += 1
            asset: Asset = self._assets[AssetId(each.placed.asset)]
            is_new = each.identity not in known
            by_itself = each.placed.traits.kind in _KNOWN_BY_NAME
            if asset.formerly or (is_new and not by_itself):
                yield each, number

    def _identities(self, seen: Seen, number: int) -> Iterator[Identity]:
        """Give its identity under each former name."""
        placed = seen.placed
        ordinal = number if seen.gist.is_numbered else None
        head = placed.traits.head_named(placed.canonical)
        for name in self._former(placed.asset):
            beginning = identity_beginning(placed.traits.kind, name, head)
            identity = identity_after(beginning, seen.gist.tail, ordinal)
            yield self._identity_links.get(identity, identity)
