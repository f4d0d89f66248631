"""From the name that a scan gives its target to the asset of the inventory.

An image's tag and digest count only where the asset's pattern has one. A target that nobody declared becomes
an asset of its own, marked so, and is never dropped.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from tesuri.model.estate import Asset
from tesuri.model.identifiers import AssetId
from tesuri.routing.glob import can_both_match, is_glob, literal_start, matches, specificity

_DIGEST = re.compile(r"@sha(256:[0-9a-f]{64}|512:[0-9a-f]{128})$")
_TAG = re.compile(r":[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$")
_NOT_AN_IMAGE = re.compile(r"://|^arn:|\\|\s|^/|^\.")
_HUB = re.compile(r"^(index\.docker\.io/|docker\.io/|registry-1\.docker\.io/)(library/)?")


@dataclass(frozen=True, slots=True)
class TargetIndex:
    """Patterns of an inventory, ready for lookups."""

    by_id: Mapping[AssetId, Asset]
    exact: Mapping[str, Asset]
    globs: Mapping[str, Sequence[tuple[str, Asset]]]
    """By the letters before the first wildcard."""


@dataclass(frozen=True, slots=True)
class Tie:
    """Two assets that would claim one target with equal right."""

    one: Asset
    other: Asset
    pattern: str
    other_pattern: str


def index_targets(assets: Iterable[Asset]) -> TargetIndex:
    """Prepare the inventory for lookups; an id or name gives way to a declared target."""
    ordered = sorted(assets, key=lambda asset: asset.id)
    exact: dict[str, Asset] = {}
    globs: dict[str, list[tuple[str, Asset]]] = {}
    for asset in ordered:
        for pattern in map(plain_target, asset.targets):
            if is_glob(pattern):
                globs.setdefault(literal_start(pattern), []).append((pattern, asset))
            else:
                exact.setdefault(pattern, asset)
    for asset in ordered:
        exact.setdefault(plain_target(asset.id), asset)
    for asset in ordered:
        exact.setdefault(plain_target(asset.name), asset)
    for asset in ordered:
        for name in asset.formerly:
            exact.setdefault(plain_target(name), asset)
    return TargetIndex({asset.id: asset for asset in ordered}, exact, globs)


def asset_of_target(target: str, index: TargetIndex) -> Asset:
    """Give the asset that a target means; the most specific pattern wins.

    An undeclared target gives an asset with the target as id and `is_declared` false. Where it clearly is an
    image, that id has neither tag nor digest, so that the next build is the same asset.

    **cost** where no exact name matches, the globs that begin like the target.
    """
    forms = _forms(target)
    for form in forms:
        if form in index.exact:
            return index.exact[form]
    claims = [claim for form in forms for claim in _glob_claims(form, index)]
    if claims:
        # Ties are refused when a workspace is loaded; here the name keeps the answer the same each time.
        return max(claims, key=lambda claim: (specificity(claim[0]), claim[0], claim[1].id))[1]
    name = forms[-1] if _is_clearly_image(forms) else forms[0]
    return Asset(id=AssetId(name), name=name, is_declared=False)


def former_names(asset: Asset, scanned: Iterable[str]) -> Iterator[AssetId]:
    """Give the names under which findings of an asset may be kept from before it was declared as it is now.

    `scanned` are the targets of scans that mean it now; where nobody declared them, each was an asset of its own.
    """
    nobody = index_targets(())
    told = (*asset.formerly, *(each for each in asset.targets if not is_glob(each)), *scanned)
    names = {AssetId(each) for each in asset.formerly}
    names |= {asset_of_target(each, nobody).id for each in told}
    yield from sorted(names - {asset.id})


def _glob_claims(form: str, index: TargetIndex) -> Iterator[tuple[str, Asset]]:
    for length in range(len(form) + 1):
        for pattern, asset in index.globs.get(form[:length], ()):
            if matches(pattern, form):
                yield pattern, asset


def ties(assets: Sequence[Asset]) -> Iterator[Tie]:
    """Give the pairs of assets whose patterns are equally specific and can match one target."""
    declared = sorted(
        (specificity(pattern), literal_start(pattern), pattern, asset.id, asset)
        for asset in assets
        for pattern in map(plain_target, asset.targets)
    )
    for _, same in groupby(declared, key=lambda entry: entry[0]):
        yield from _ties_among([(start, text, asset) for _, start, text, _, asset in same])


def _ties_among(patterns: Sequence[tuple[str, str, Asset]]) -> Iterator[Tie]:
    """Compare patterns in order of their literal start: only where one start extends the other can both match."""
    for position, (start, pattern, asset) in enumerate(patterns):
        for other_start, other_pattern, other in patterns[position + 1 :]:
            if not other_start.startswith(start):
                break
            if other.id != asset.id and can_both_match(pattern, other_pattern):
                yield Tie(asset, other, pattern, other_pattern)


def _is_clearly_image(forms: tuple[str, ...]) -> bool:
    """Whether dropping the tag cannot merge two things: aws:123456789012 and host:8080 are no images."""
    tag = forms[0].removeprefix(forms[-1])
    return "/" in forms[-1] or "@sha" in tag or "." in tag or tag == ":latest"


def plain_target(target: str) -> str:
    """Give a target without surrounding space and without the words that mean the public hub."""
    stripped = target.strip()
    return _HUB.sub("", stripped) if not _NOT_AN_IMAGE.search(stripped) else stripped


def _forms(target: str) -> tuple[str, ...]:
    """Give the ways to read a target, fullest first: as it is, without digest, without tag."""
    whole = plain_target(target)
    if _NOT_AN_IMAGE.search(whole):
        return (whole,)
    without_digest = _DIGEST.sub("", whole)
    head, slash, last = without_digest.rpartition("/")
    without_tag = f"{head}{slash}{_TAG.sub('', last)}"
    return tuple(dict.fromkeys((whole, without_digest, without_tag)))
