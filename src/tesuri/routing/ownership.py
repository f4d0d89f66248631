"""Who answers for an asset or a planned resource, always with the source of the answer.

The order is the design's: tag, then Kubernetes label, annotation or namespace map, then module or path map, then
the repository's service, then the default. A name that leads nowhere is passed over and said in the source.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tesuri.model.estate import Asset, Service
from tesuri.model.identifiers import AssetId, ServiceId, TeamId
from tesuri.model.ownership import Ownership
from tesuri.model.resource import Resource
from tesuri.model.workspace import Workspace
from tesuri.routing.glob import matches, specificity
from tesuri.routing.targets import TargetIndex, asset_of_target, index_targets

NOBODY = "nobody"
"""Source of an ownership that no rule gave."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """One rule that names a service or a team."""

    source: str
    service: ServiceId | None = None
    team: TeamId | None = None


def resource_owner(resource: Resource, workspace: Workspace, *, repository: str = "") -> Ownership:
    """Give who answers for a planned resource; `repository` is the one that the change is made in."""
    is_object = "metadata" in resource.properties
    labels = (
        {**_metadata(resource, "annotations"), **_metadata(resource, "labels")} if is_object else {}
    )
    namespace = _namespace(resource) if is_object else ""
    claims = (
        *_tag_claims(resource.tags, workspace, word="tag"),
        *_tag_claims(labels, workspace, word="label"),
        *_map_claims(namespace, workspace.ownership.namespaces, word="namespace"),
        *_path_claims((resource.module, resource.address, resource.origin.file), workspace),
        *_repository_claims(repository, workspace),
        *_default_claims(workspace),
    )
    return _first_valid(claims, workspace)


@lru_cache(maxsize=65_536)
def asset_of(target: str, workspace: Workspace) -> Asset:
    """Give the asset that a scan's target means; an undeclared one has `is_declared` false."""
    return asset_of_target(target, _index(workspace))


@lru_cache(maxsize=65_536)
def owner_of_asset(asset_id: str, workspace: Workspace) -> Ownership:
    """Give who answers for the asset with this id, declared or not."""
    known = _index(workspace).by_id.get(AssetId(asset_id))
    undeclared = Asset(id=AssetId(asset_id), name=asset_id, is_declared=False)
    return asset_owner(known or undeclared, workspace)


def asset_owner(asset: Asset, workspace: Workspace) -> Ownership:
    """Give who answers for an asset: inventory file, its tags, its repository's service, the default."""
    declared = (
        (_Claim(f"asset file {asset.source}" if asset.source else "inventory", asset.service),)
        if asset.service
        else ()
    )
    claims = (
        *declared,
        *_tag_claims(dict(asset.tags), workspace, word="tag"),
        *_repository_claims(asset.id, workspace),
        *_default_claims(workspace),
    )
    return _first_valid(claims, workspace)


def unowned(assets: Iterable[Asset], workspace: Workspace) -> tuple[Asset, ...]:
    """Give the assets that no team answers for, by id."""
    found = (asset for asset in assets if asset_owner(asset, workspace).team is None)
    return tuple(sorted(found, key=lambda asset: asset.id))


def unlabelled(workspace: Workspace) -> tuple[Service, ...]:
    """Give the services without tier or exposure, by id; triage takes the worst for them until then."""
    return tuple(
        service for service in _by_id(workspace) if service.tier is None or service.exposure is None
    )


def _first_valid(claims: Iterable[_Claim], workspace: Workspace) -> Ownership:
    """Take the first claim whose service or team exists; say which ones led nowhere."""
    passed_over: list[str] = []
    for claim in claims:
        service = workspace.services.get(claim.service) if claim.service else None
        if service is not None:
            return Ownership(service.id, service.team, _said(claim.source, passed_over))
        if claim.team is not None and claim.team in workspace.teams:
            return Ownership(None, claim.team, _said(claim.source, passed_over))
        passed_over.append(claim.source)
    return Ownership(None, None, _said(NOBODY, passed_over))


def _said(source: str, passed_over: Sequence[str]) -> str:
    if not passed_over:
        return source
    return f"{source} ({', '.join(passed_over)}: not declared)"


def _tag_claims(tags: Mapping[str, str], workspace: Workspace, *, word: str) -> Iterator[_Claim]:
    if not tags:
        return
    rules = workspace.ownership
    folded = {key.casefold(): (key, value) for key, value in sorted(tags.items(), reverse=True)}
    for key, value in sorted(tags.items()) if rules.tag_values else ():
        found = _best(f"{key}={value}", rules.tag_values)
        if found is not None:
            yield _Claim(f"{word} {key}={value}", service=found[1])
    for name in rules.service_tags:
        if name.casefold() in folded:
            key, value = folded[name.casefold()]
            yield _Claim(f"{word} {key}={value}", service=ServiceId(value))
    for name in rules.team_tags:
        if name.casefold() in folded:
            key, value = folded[name.casefold()]
            yield _Claim(f"{word} {key}={value}", team=TeamId(value))


def _map_claims(name: str, rules: Mapping[str, ServiceId], *, word: str) -> Iterator[_Claim]:
    found = _best(name, rules) if name else None
    if found is not None:
        yield _Claim(f"{word} {name}", service=found[1])


def _path_claims(places: Sequence[str], workspace: Workspace) -> Iterator[_Claim]:
    """Take the longest declared prefix; the workspace's map wins over a service file of equal length."""
    prefixes = _prefixes(workspace)
    fitting = [
        prefix for prefix in prefixes if any(_is_under(place, prefix) for place in places if place)
    ]
    if fitting:
        longest = max(fitting, key=lambda prefix: (len(prefix), prefix))
        yield _Claim(f"path {longest}", service=prefixes[longest])


# One small index for each loaded workspace; a server holds the old one while a new one is read.
@lru_cache(maxsize=4)
def _index(workspace: Workspace) -> TargetIndex:
    return index_targets(workspace.assets)


@lru_cache(maxsize=4)
def _prefixes(workspace: Workspace) -> Mapping[str, ServiceId]:
    declared = {prefix: service.id for service in _by_id(workspace) for prefix in service.modules}
    return {**declared, **workspace.ownership.paths}


@lru_cache(maxsize=4)
def _repositories(workspace: Workspace) -> Mapping[str, ServiceId]:
    declared = {
        repository_name(pattern): service.id
        for service in _by_id(workspace)
        for pattern in service.repositories
    }
    mapped = workspace.ownership.repositories.items()
    return {**declared, **{repository_name(pattern): service for pattern, service in mapped}}


def _by_id(workspace: Workspace) -> list[Service]:
    return sorted(workspace.services.values(), key=lambda service: service.id)


def _is_under(place: str, prefix: str) -> bool:
    bare = prefix.rstrip("/.")
    if not place.startswith(bare):
        return False
    return len(place) == len(bare) or place[len(bare)] in "/.["


def _repository_claims(repository: str, workspace: Workspace) -> Iterator[_Claim]:
    name = repository_name(repository)
    if not name:
        return
    found = _best(name, _repositories(workspace))
    if found is not None:
        yield _Claim(f"repository {found[0]}", service=found[1])


@lru_cache(maxsize=256)
def repository_name(repository: str) -> str:
    """Give owner/name of a repository that may be written as a clone address, in lower case."""
    bare = repository.strip().casefold().removesuffix("/").removesuffix(".git")
    if "://" in bare:
        bare = bare.split("://", 1)[1].partition("/")[2]
    elif "@" in bare and ":" in bare:
        bare = bare.rpartition(":")[2]
    return bare


def _default_claims(workspace: Workspace) -> Iterator[_Claim]:
    if workspace.ownership.default:
        yield _Claim("default", service=workspace.ownership.default)


def _best(name: str, rules: Mapping[str, ServiceId]) -> tuple[str, ServiceId] | None:
    fitting = [pattern for pattern in rules if matches(pattern, name)]
    if not fitting:
        return None
    best = max(fitting, key=lambda pattern: (specificity(pattern), pattern))
    return best, rules[best]


def _metadata(resource: Resource, part: str) -> dict[str, str]:
    """Give labels or annotations of a Kubernetes object, where they are known text."""
    metadata = resource.properties.get("metadata")
    found = metadata.get(part) if isinstance(metadata, dict) else None
    if not isinstance(found, dict):
        return {}
    return {key: value for key, value in found.items() if isinstance(value, str)}


def _namespace(resource: Resource) -> str:
    metadata = resource.properties.get("metadata")
    found = metadata.get("namespace") if isinstance(metadata, dict) else None
    return found if isinstance(found, str) else ""
