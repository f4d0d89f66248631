"""Identity: sixteen bytes that stay equal as long as the finding is the same.

Never made of a time, a tool's name or version, a line number or a description. A change of any
rule here raises `IDENTITY_VERSION`, and stored findings are re-linked, never closed and re-created.
The rules are listed in docs/triage.md; spelling of packages is in `triage.component`, of paths
and URLs in `triage.place`.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from tesuri.model.errors import Defect
from tesuri.model.identifiers import Identity
from tesuri.model.observation import Kind, Observation
from tesuri.triage.component import component_of
from tesuri.triage.place import normal_path, normal_url

IDENTITY_VERSION: Final = 1

_IDENTITY_BYTES = 16
_NOTHING_YET = hashlib.blake2b(
    digest_size=_IDENTITY_BYTES, person=b"tesuri-id-%02d" % IDENTITY_VERSION
)
BY_PLACE: Final = frozenset({Kind.WEAKNESS, Kind.SECRET, Kind.MISCONFIGURATION})
"""Kinds of findings that are known by where they are; of vulnerabilities the package says it."""
_PREFERRED_FINGERPRINTS = ("primaryLocationLineHash", "matchBasedId/v1")
_CLOUD_ID = re.compile(r"arn:|//|/subscriptions/|projects/|ocid1\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sighting:
    """An observation with the asset and the canonical name that triage found for it."""

    observation: Observation
    asset: str
    canonical_advisory: str = ""
    """Of a misconfiguration: the control that says the same as the tool's rule."""


class IdentityParts(NamedTuple):
    """All that an identity is made of, but for its asset and what more is known by then."""

    kind: Kind
    head: str
    tail: bytes
    """The parts after the head, encoded."""
    takes_name: bool
    """Whether the canonical advisory, or the control that says the same, stands in place of the head."""
    is_numbered: bool


def identity_parts(observation: Observation, *, secret_key: bytes) -> IdentityParts:
    """Give what an observation adds to its identity."""
    kind = observation.kind
    mark = _tool_fingerprint(observation) if kind in BY_PLACE else ""
    head, *rest = _PARTS[kind](observation, secret_key, mark)
    is_resource = kind is Kind.MISCONFIGURATION and bool(observation.resource.strip())
    takes_name = is_resource or kind is Kind.VULNERABILITY
    return IdentityParts(
        kind, head, _encoded(rest), takes_name, not mark and is_numbered(observation)
    )


def identity_beginning(kind: Kind, asset: str, head: str) -> hashlib.blake2b:
    """Give a hash that has taken in what the identities of one rule on an asset have in common."""
    digest = _beginning(kind, asset).copy()
    digest.update(_encoded((head,)))
    return digest


def identity_after(beginning: hashlib.blake2b, tail: bytes, ordinal: int | None = None) -> Identity:
    """Give the identity that begins so and goes on with these parts; `ordinal` of those that are numbered."""
    digest = beginning.copy()
    digest.update(tail if ordinal is None else tail + _encoded((str(ordinal),)))
    return Identity(digest.digest())


def identity_of(
    observation: Observation,
    *,
    asset: str,
    canonical_advisory: str,
    secret_key: bytes,
    ordinal: int = 0,
) -> Identity:
    """Give the identity of what was seen; equal for two tools that report the same thing.

    `canonical_advisory` is the control of a misconfiguration's rule where one says the same; it is empty for other kinds
    than vulnerabilities, and for a rule that covers several advisories. `ordinal` tells equal weaknesses of one file apart (`identities_of` counts).
    """
    parts = identity_parts(observation, secret_key=secret_key)
    head = canonical_advisory if canonical_advisory and parts.takes_name else parts.head
    number = ordinal if parts.is_numbered else None
    return identity_after(identity_beginning(parts.kind, asset, head), parts.tail, number)


def identities_of(sightings: Sequence[Sighting], *, secret_key: bytes) -> tuple[Identity, ...]:
    """Give the identities of one scan, in its order; equal weaknesses of a file are numbered.

    **shape** one per sighting. Numbers follow the lines, not the order of the report; the same
    line again is the same finding.
    """
    plain = [
        identity_of(
            seen.observation,
            asset=seen.asset,
            canonical_advisory=seen.canonical_advisory,
            secret_key=secret_key,
        )
        for seen in sightings
    ]
    lines: defaultdict[Identity, set[int]] = defaultdict(set)
    for seen, identity in zip(sightings, plain, strict=True):
        lines[identity].add(seen.observation.place.line)
    ordinals = {
        identity: {line: ordinal for ordinal, line in enumerate(sorted(found))}
        for identity, found in lines.items()
        if len(found) > 1
    }
    return tuple(
        identity
        if identity not in ordinals or not is_numbered(seen.observation)
        else identity_of(
            seen.observation,
            asset=seen.asset,
            canonical_advisory=seen.canonical_advisory,
            secret_key=secret_key,
            ordinal=ordinals[identity][seen.observation.place.line],
        )
        for seen, identity in zip(sightings, plain, strict=True)
    )


def group_key(observation: Observation, *, canonical_advisory: str, secret_key: bytes) -> str:
    """Give what one fix covers: advisory or rule, and component; owner and environment are added later.

    Two resources with the same key are fixed by the same piece of work.
    """
    rule = observation.rule
    match observation.kind:
        case Kind.VULNERABILITY | Kind.MISCONFIGURATION as kind:
            return named_group(kind, canonical_advisory or rule, group_component(observation))
        case Kind.SECRET if observation.secret:
            return _joined("secret", _secret_hash(observation, secret_key))
        case Kind.SECRET:
            return _joined("secret", rule, normal_path(observation.place.path))
        case Kind.WEAKNESS | Kind.WEB | Kind.LICENCE | Kind.OTHER:
            return _joined(observation.kind.value, rule, _component(observation))


def named_group(kind: Kind, name: str, component: str) -> str:
    """Give the key of a group whose advisory or rule goes by this name."""
    return _joined(kind.value, name, component)


def group_component(observation: Observation) -> str:
    """Give what a group that takes a canonical name is about beside the name."""
    if observation.kind is Kind.MISCONFIGURATION:
        return observation.resource_type
    return _component(observation)


def _vulnerability(observation: Observation, _key: bytes, _given: str) -> tuple[str, ...]:
    """Advisory and component; the path stays out, because not every tool tells one."""
    if observation.package is not None:
        return (observation.rule, component_of(observation.package))
    place = observation.place
    where = normal_url(place.url) if place.url else normal_path(place.path)
    return (observation.rule, observation.resource, where)


def _misconfiguration(observation: Observation, key: bytes, given: str) -> tuple[str, ...]:
    """Control or rule, and resource; a name that is only unique in its file takes the file along."""
    resource = observation.resource.strip()
    if not resource:
        return _weakness(observation, key, given)
    is_unique = _CLOUD_ID.match(resource) is not None
    path = "" if is_unique else normal_path(observation.place.path)
    return (observation.rule, resource, path)


def _weakness(observation: Observation, _key: bytes, given: str) -> tuple[str, ...]:
    rule = observation.rule or ",".join(sorted(observation.weaknesses))
    return (
        rule,
        normal_path(observation.place.path),
        observation.resource,
        given or _mark(observation),
    )


def _secret(observation: Observation, key: bytes, given: str) -> tuple[str, ...]:
    """The secret itself, by its keyed hash, and the file; so two tools agree whatever their rules."""
    if not observation.secret:
        return _weakness(observation, key, given)
    return (_secret_hash(observation, key), normal_path(observation.place.path))


def _web(observation: Observation, _key: bytes, _given: str) -> tuple[str, ...]:
    place = observation.place
    method = place.method.strip().upper() or "GET"
    return (observation.rule, method, normal_url(place.url), place.parameter)


def _other(observation: Observation, _key: bytes, _given: str) -> tuple[str, ...]:
    what = (
        observation.rule,
        observation.resource,
        normal_path(observation.place.path),
        _component(observation),
    )
    return what if any(what[1:]) else (*what, _squeezed(observation.title))


_PARTS: dict[Kind, Callable[[Observation, bytes, str], tuple[str, ...]]] = {
    Kind.VULNERABILITY: _vulnerability,
    Kind.MISCONFIGURATION: _misconfiguration,
    Kind.WEAKNESS: _weakness,
    Kind.SECRET: _secret,
    Kind.WEB: _web,
    Kind.LICENCE: _other,
    Kind.OTHER: _other,
}


def is_numbered(observation: Observation) -> bool:
    """Whether several equal ones can stand in one file, without a mark of the tool's own."""
    kind = observation.kind
    if kind not in BY_PLACE:
        return False
    if kind is Kind.MISCONFIGURATION and observation.resource.strip():
        return False
    if kind is Kind.SECRET and observation.secret:
        return False
    return not _tool_fingerprint(observation)


def is_known_by_title(tail: bytes) -> bool:
    """Whether parts of an identity, as `IdentityParts.tail` has them, know neither code nor fingerprint of a weakness."""
    return b"title:" in tail and b"context:" not in tail


def _mark(observation: Observation) -> str:
    """What tells a weakness without a fingerprint from its neighbours: its code, else its title."""
    if context := _squeezed(observation.context):
        return f"context:{hashlib.blake2b(context.encode(), digest_size=16).hexdigest()}"
    return f"title:{_squeezed(observation.title).lower()}"


def _tool_fingerprint(observation: Observation) -> str:
    """Pick one promised fingerprint: a known one, else the first by name; positions are not trusted.

    Secret scanners put commit and line into theirs, so those are not used.
    """
    if observation.kind is Kind.SECRET:
        return ""
    given = observation.fingerprints
    if not given:
        return ""
    if len(given) > 1:
        usable = {name: value for name, value in given if _is_usable(name, value)}
        for name in (*_PREFERRED_FINGERPRINTS, *sorted(usable)):
            if name in usable:
                return f"{name}={usable[name].strip()}"
        return ""
    name, value = given[0]
    return f"{name}={value.strip()}" if _is_usable(name, value) else ""


def _is_usable(name: str, value: str) -> bool:
    return bool(value) and " " not in value.strip() and "column" not in name.lower()


def _component(observation: Observation) -> str:
    return component_of(observation.package) if observation.package else ""


def _secret_hash(observation: Observation, key: bytes) -> str:
    if not key:
        raise Defect(
            "A secret was to be hashed without a key, which anyone could reverse by guessing."
        )
    secret = observation.secret.strip().encode("utf-8", "surrogatepass")
    # blake2b takes 64 bytes of key at most; a longer one is hashed first.
    fitting = key if len(key) <= hashlib.blake2b.MAX_KEY_SIZE else hashlib.blake2b(key).digest()
    return hashlib.blake2b(secret, key=fitting, digest_size=_IDENTITY_BYTES).hexdigest()


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _joined(*parts: str) -> str:
    joined = "|".join(parts)
    if joined.count("|") == len(parts) - 1:
        return joined
    return "|".join(part.replace("|", "%7C") for part in parts)


@lru_cache(maxsize=1024)  # A report is about a few assets.
def _beginning(kind: Kind, asset: str) -> hashlib.blake2b:
    """Give a hash that has taken in the first parts of an identity."""
    digest = _NOTHING_YET.copy()
    digest.update(_encoded((kind, asset)))
    return digest


def _encoded(parts: Iterable[str]) -> bytes:
    """Give the parts, each with its length before it, so that no two lists look the same."""
    encoded = b""
    for part in parts:
        each = part.encode("utf-8", "surrogatepass")
        length = len(each)
        encoded += (_LENGTHS[length] if length < _USUAL else length.to_bytes(8, "big")) + each
    return encoded


_USUAL: Final = 256
_LENGTHS: Final = tuple(length.to_bytes(8, "big") for length in range(_USUAL))
