"""The gist of observations: all that is asked of them once their texts are masked and written as they are stored.

It is made without the store, from the observations alone, so that another process can make it: a few plain values that
go through a pipe quickly. What many share, mostly because one rule saw them, stands there once (`Traits`), so that
whoever takes them in looks at it once. Asset, canonical advisory and number are added by whoever knows them.
"""

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec
import orjson

from tesuri.model.observation import Kind, Observation
from tesuri.model.severity import Severity
from tesuri.triage.fingerprint import (
    IdentityParts,
    group_component,
    group_key,
    identity_parts,
    named_group,
)
from tesuri.triage.masking import mask
from tesuri.triage.stored_form import hide, stored_form
from tesuri.triage.work_title import work_titles


class Texts(NamedTuple):
    """What is stored of an observation, with nothing in it that has to be hidden."""

    title: str = ""
    english: str = ""
    """What a person does about it."""
    japanese: str = ""
    detail: str = ""
    """JSON text, as the finding keeps it."""
    here: str = ""
    """JSON text, what the tool says."""


class Traits(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What observations have in common."""

    kind: Kind
    rule: str
    shown_rule: str
    """With nothing in it that has to be hidden."""
    severity: Severity
    advisories: tuple[str, ...]
    target: str
    head: str
    """The first part of their identities."""
    takes_name: bool
    group: str
    """Key of their group as long as no other name of its advisory or rule is known; not masked yet."""
    group_component: str
    weaknesses: tuple[str, ...]
    vector: str | None
    """Of their score; None without a score."""
    score: float | None
    package: str
    ecosystem: str
    has_fix: bool | None

    def head_named(self, canonical: str) -> str:
        """Give the first part of an identity; `canonical` as in `fingerprint.identity_of`."""
        return canonical if canonical and self.takes_name else self.head

    def group_key(self, canonical: str) -> str:
        """Give the key of their group, not masked yet."""
        return named_group(self.kind, canonical, self.group_component) if canonical else self.group


class Gist(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What one observation has beside its traits; a struct, because there are a million of them."""

    traits: int
    """Which of `Gists.traits` it has."""
    tail: bytes
    """The parts of its identity after the head."""
    is_numbered: bool
    line: int
    texts: Texts


class Gists(msgspec.Struct, array_like=True, gc=False):
    """Some observations in their order, ready to be recognised."""

    traits: list[Traits] = []
    each: list[Gist] = []


class Gisting:
    """Makes the gists of observations, one after the other."""

    def __init__(self, secret_key: bytes) -> None:
        """Take the key that hashes secrets."""
        self._secret_key = secret_key
        self._known: dict[tuple[object, ...], int] = {}
        self.gists = Gists([], [])

    def add(self, observation: Observation) -> None:
        """Add the whole gist of an observation."""
        self._add(observation, _texts_of(observation))

    def add_outline(self, observation: Observation) -> None:
        """Add a gist without texts: enough to recognise what it is."""
        self._add(observation, _NO_TEXTS)

    def _add(self, observation: Observation, texts: Texts) -> None:
        parts = identity_parts(observation, secret_key=self._secret_key)
        traits = self._number(observation, parts)
        line = observation.place.line
        self.gists.each.append(Gist(traits, parts.tail, parts.is_numbered, line, texts))

    def _number(self, observation: Observation, parts: IdentityParts) -> int:
        """Give the number of its traits; a package and a secret are hardly ever met twice, so those are not looked for."""
        every = self.gists.traits
        kind = observation.kind
        if observation.package is not None or kind is Kind.SECRET:
            every.append(_traits(observation, parts, self._secret_key))
            return len(every) - 1
        cvss = observation.cvss
        key = (
            kind,
            observation.rule,
            observation.severity,
            observation.advisories,
            observation.target,
            parts.head,
            parts.takes_name,
            observation.resource_type,
            observation.weaknesses,
            cvss and (cvss.vector, cvss.score),
            observation.has_fix,
        )
        number = self._known.get(key)
        if number is None:
            number = self._known[key] = len(every)
            every.append(_traits(observation, parts, self._secret_key))
        return number


def gists_of(observations: Iterable[Observation], secret_key: bytes) -> Gists:
    """Give the whole gists of some observations."""
    made = Gisting(secret_key)
    for each in observations:
        made.add(each)
    return made.gists


def outlines_of(observations: Iterable[Observation], secret_key: bytes) -> Gists:
    """Give the gists of some observations without their texts."""
    made = Gisting(secret_key)
    for each in observations:
        made.add_outline(each)
    return made.gists


_NO_TEXTS = Texts()


def _texts_of(observation: Observation) -> Texts:
    """Give what is stored of an observation."""
    english, japanese = work_titles(observation)
    # The title itself is looked at anyway.
    beside = () if english == observation.title and not japanese else (english, japanese)
    form = stored_form(observation, beside)
    if not form.is_plain:
        english, japanese = (hide(each, observation.secret) for each in (english, japanese))
    here = _sighting_text(observation, form.rule)
    detail = form.detail
    # All but one key stand in their order already.
    written = json_text(detail) if "has_fix" in detail else _json_text(detail, 0)
    return Texts(form.title, english, japanese, written, here)


def json_text(value: Mapping[str, object]) -> str:
    """Give details as they are kept."""
    return _json_text(value, orjson.OPT_SORT_KEYS)


def _json_text(value: Mapping[str, object], option: int) -> str:
    try:
        return orjson.dumps(value, option=option).decode()
    except (
        orjson.JSONEncodeError
    ):  # A line number of more than 64 bits, which only a hostile report has.
        return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _traits(observation: Observation, parts: IdentityParts, secret_key: bytes) -> Traits:
    package, cvss = observation.package, observation.cvss
    return Traits(
        observation.kind,
        observation.rule,
        mask(observation.rule),
        observation.severity,
        observation.advisories,
        observation.target,
        parts.head,
        parts.takes_name,
        group_key(observation, canonical_advisory="", secret_key=secret_key),
        group_component(observation),
        observation.weaknesses,
        cvss.vector if cvss else None,
        cvss.score if cvss else None,
        package.name if package else "",
        package.ecosystem if package else "",
        observation.has_fix,
    )


def _sighting_text(observation: Observation, rule: str) -> str:
    """Give what this tool says: small, since there is one for each tool and finding."""
    package = observation.package
    fixes = package.fixed_versions if package else ()
    told: dict[str, object] = {"fixed": fixes}
    if observation.has_fix and not fixes:
        # A fix without a version is news too: clocks may count from it.
        told["has_fix"] = True
    told["line"] = observation.place.line
    if observation.names:
        told["names"] = [mask(name) for name in observation.names]
    if observation.parts:
        told["parts"] = observation.parts
    told["rule"] = rule
    told["severity"] = observation.severity
    told["version"] = package.version if package else ""
    return _json_text(told, 0)
