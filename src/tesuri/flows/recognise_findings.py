"""Say of each record of a report which finding it is: identity, asset, owner, group, stored form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tesuri.model.identifiers import Identity
from tesuri.model.observation import Kind, Observation
from tesuri.model.ownership import Ownership
from tesuri.model.standing import ScanPlace
from tesuri.model.workspace import Workspace
from tesuri.ports import Writer
from tesuri.routing.ownership import asset_owner
from tesuri.routing.targets import asset_of_target, index_targets
from tesuri.triage.aliases import Aliases
from tesuri.triage.fingerprint import Sighting, group_key, identities_of
from tesuri.triage.masking import mask
from tesuri.triage.stored_form import hide
from tesuri.triage.work_title import work_title


@dataclass(frozen=True, slots=True)
class Arrival:
    """The observations of one report and the scan that they belong to."""

    observations: Sequence[Observation]
    tool: str
    target: str
    place: ScanPlace
    is_complete: bool
    owners: Mapping[str, Ownership] = field(default_factory=dict)
    """By target, where the caller knows better than the inventory."""
    titles: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """By rule: the English and Japanese title of its group, where the caller has better ones."""
    is_undeployed: bool = False
    """Verdicts on a change: neutral in every budget, and every run that shows them is written down."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One identity of the report, with all that its row needs."""

    identity: Identity
    observation: Observation
    asset: str
    service: str | None
    owner_source: str
    group_text: str


def recognise(arrival: Arrival, writer: Writer, workspace: Workspace) -> list[Seen]:
    """Give each identity of the report once, in the order of the report."""
    aliases = writer.learn_aliases(
        observation.advisories for observation in arrival.observations if observation.advisories
    )
    secret_key = writer.secret_key()
    index = index_targets(workspace.assets)
    assets = {
        target: asset_of_target(mask(target), index)
        for target in {each.target or arrival.target for each in arrival.observations}
    }
    owners = {
        target: arrival.owners.get(target) or asset_owner(asset, workspace)
        for target, asset in assets.items()
    }
    sightings = [
        Sighting(each, assets[each.target or arrival.target].id, _canonical(each, aliases))
        for each in arrival.observations
    ]
    unique: dict[Identity, Sighting] = {}
    for identity, sighting in zip(
        identities_of(sightings, secret_key=secret_key), sightings, strict=True
    ):
        before = unique.get(identity)
        if before is None or _is_worse(sighting.observation, before.observation):
            unique[identity] = sighting
    return [
        _seen(identity, each, owners[each.observation.target or arrival.target], secret_key)
        for identity, each in unique.items()
    ]


def _is_worse(one: Observation, other: Observation) -> bool:
    return one.severity.rank < other.severity.rank


def _seen(identity: Identity, sighting: Sighting, owner: Ownership, secret_key: bytes) -> Seen:
    text = group_key(
        sighting.observation,
        canonical_advisory=sighting.canonical_advisory,
        secret_key=secret_key,
    )
    return Seen(
        identity,
        sighting.observation,
        sighting.asset,
        owner.service,
        owner.source,
        f"{owner.team or ''}|{mask(text)}",
    )


def _canonical(observation: Observation, aliases: Aliases) -> str:
    if observation.kind is not Kind.VULNERABILITY:
        return ""
    return aliases.canonical(observation.rule, observation.advisories)


def titles_of(seen: Seen, given: Mapping[str, tuple[str, str]]) -> tuple[str, str]:
    """Give the English and Japanese title of the finding's group; no Japanese one where it is the same.

    `given` are titles by rule that are better than what can be told from the observation.
    """
    if seen.observation.rule in given:
        return given[seen.observation.rule]
    raw, secret = seen.observation.title, seen.observation.secret
    english, japanese = (work_title(seen.observation, language=each) for each in ("en", "ja"))
    return hide(english, secret), "" if japanese == raw else hide(japanese, secret)
