"""The gist of an observation: all that is asked of it once its texts are masked and written as they are stored.

It is made without the store, from the observation alone, so that another process can make it: a few plain values that
go through a pipe quickly. Asset, canonical advisory and number are added by whoever knows them.
"""

import json
from collections.abc import Mapping
from typing import NamedTuple

import msgspec
import orjson

from tesuri.model.identifiers import Identity
from tesuri.model.observation import Kind, Observation
from tesuri.model.severity import Severity
from tesuri.triage.fingerprint import (
    group_component,
    group_key,
    identity_from,
    identity_parts,
    named_group,
)
from tesuri.triage.masking import mask
from tesuri.triage.stored_form import hide, stored_form
from tesuri.triage.work_title import work_titles


class Texts(NamedTuple):
    """What is stored of an observation, with nothing in it that has to be hidden."""

    rule: str = ""
    title: str = ""
    english: str = ""
    """What a person does about it."""
    japanese: str = ""
    detail: str = ""
    """JSON text, as the finding keeps it."""
    here: str = ""
    """JSON text, what the tool says."""


class Gist(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One observation, ready to be recognised; a struct, because there are a million of them."""

    kind: Kind
    rule: str
    severity: Severity
    advisories: tuple[str, ...]
    target: str
    head: str
    """The first part of its identity, and then the others."""
    tail: bytes
    takes_name: bool
    is_numbered: bool
    line: int
    group: str
    """Key of its group as long as no other name of its advisory or rule is known."""
    group_component: str
    weaknesses: tuple[str, ...]
    vector: str | None
    """Of its score; None without a score."""
    score: float | None
    package: str
    ecosystem: str
    has_fix: bool | None
    texts: Texts = Texts()

    def identity(self, asset: str, canonical: str, ordinal: int = 0) -> Identity:
        """Give its identity on an asset; `canonical` as in `fingerprint.identity_of`."""
        head = canonical if canonical and self.takes_name else self.head
        number = ordinal if self.is_numbered else None
        return identity_from(self.kind, asset, head, self.tail, number)

    def group_key(self, canonical: str) -> str:
        """Give the key of its group, not masked yet."""
        return named_group(self.kind, canonical, self.group_component) if canonical else self.group


def outline_of(observation: Observation, secret_key: bytes) -> Gist:
    """Give a gist without texts: enough to recognise what it is."""
    return _gist(observation, secret_key, Texts())


def gist_of(observation: Observation, secret_key: bytes) -> Gist:
    """Give the whole gist."""
    return _gist(observation, secret_key, texts_of(observation))


def texts_of(observation: Observation) -> Texts:
    """Give what is stored of an observation."""
    english, japanese = work_titles(observation)
    # The title itself is looked at anyway.
    beside = () if english == observation.title and not japanese else (english, japanese)
    form = stored_form(observation, beside)
    if not form.is_plain:
        english, japanese = (hide(each, observation.secret) for each in (english, japanese))
    here = _sighting_text(observation, form.rule)
    return Texts(form.rule, form.title, english, japanese, json_text(form.detail), here)


def json_text(value: Mapping[str, object]) -> str:
    """Give details as they are kept."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except (
        orjson.JSONEncodeError
    ):  # A line number of more than 64 bits, which only a hostile report has.
        return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _gist(observation: Observation, secret_key: bytes, texts: Texts) -> Gist:
    kind, package, cvss = observation.kind, observation.package, observation.cvss
    _, head, tail, takes_name, is_numbered = identity_parts(observation, secret_key=secret_key)
    return Gist(
        kind,
        observation.rule,
        observation.severity,
        observation.advisories,
        observation.target,
        head,
        tail,
        takes_name,
        is_numbered,
        observation.place.line,
        group_key(observation, canonical_advisory="", secret_key=secret_key),
        group_component(observation),
        observation.weaknesses,
        cvss.vector if cvss else None,
        cvss.score if cvss else None,
        package.name if package else "",
        package.ecosystem if package else "",
        observation.has_fix,
        texts,
    )


def _sighting_text(observation: Observation, rule: str) -> str:
    """Give what this tool says: small, since there is one for each tool and finding."""
    package = observation.package
    fixes = package.fixed_versions if package else ()
    return json_text(
        {
            "rule": rule,
            "severity": observation.severity.value,
            "version": package.version if package else "",
            "fixed": list(fixes),
            "line": observation.place.line,
            **({"parts": list(observation.parts)} if observation.parts else {}),
            **({"names": [mask(name) for name in observation.names]} if observation.names else {}),
            # A fix without a version is news too: clocks may count from it.
            **({"has_fix": True} if observation.has_fix and not fixes else {}),
        }
    )
