"""A SARIF result as most code scanners write it, read straight into its type.

What a rule gives to all of its results is found once, by reading a result that has nothing of its own
(`read_result`, which alone knows what fields mean); each result then adds its message, its place and its
fingerprints. Whatever is less usual is left to `read_result`: packages, secrets, fixes, suppressions.
"""

from dataclasses import dataclass, field, fields
from typing import Annotated, Final

import msgspec
import orjson
from msgspec import Raw

from tesuri.formats.sarif.result import (
    quotes_credentials,
    read_result,
    stable_fingerprints,
)
from tesuri.formats.sarif.run import Run
from tesuri.model.observation import Kind, Observation, Record, new_observation, new_place
from tesuri.untrusted.json_pieces import OTHER_SHAPE, Piece, value_of

_MARK: Final = "\N{OBJECT REPLACEMENT CHARACTER}'message'"
"""Stands for the message in what a rule gives; its quotes are masked where a message may quote a secret."""

_LONGEST_TITLE: Final = 200
_MAX_RULES: Final = 20_000
_LARGEST: Final = 2**53
_Whole = Annotated[int, msgspec.Meta(ge=-_LARGEST, le=_LARGEST)]
_NOTHING: Final = Raw()


class _Text(msgspec.Struct, frozen=True, gc=False):
    """A text in an object of its own."""

    text: str = ""


class _Message(msgspec.Struct, frozen=True, gc=False):
    """What the tool says."""

    text: str = ""
    arguments: Raw = _NOTHING


class _Region(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """Lines of a file."""

    start_line: _Whole = 0
    snippet: _Text = _Text()


class _ArtifactLocation(msgspec.Struct, frozen=True, gc=False, rename="camel", omit_defaults=True):
    """An address, in itself or by its index among the run's artifacts."""

    uri: str = ""
    uri_base_id: str = ""
    index: _Whole | msgspec.UnsetType = msgspec.UNSET


class _Physical(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A place in a file."""

    artifact_location: _ArtifactLocation = _ArtifactLocation()
    region: _Region = _Region()
    context_region: _Region = _Region()


class _Logical(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A place in a program or a configuration."""

    name: str = ""
    fully_qualified_name: str = ""


class _Location(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """Where it was seen."""

    physical_location: _Physical = _Physical()
    logical_locations: list[_Logical] = []


class _Head(msgspec.Struct, frozen=True, gc=False, rename="camel", omit_defaults=True):
    """The part of a result that it shares with others; two with equal heads differ only in place and message."""

    rule_id: Raw = _NOTHING
    rule_index: Raw = _NOTHING
    level: Raw = _NOTHING
    rule: Raw = _NOTHING
    kind: Raw = _NOTHING
    baseline_state: Raw = _NOTHING
    properties: Raw = _NOTHING
    provenance: Raw = _NOTHING
    taxa: Raw = _NOTHING
    hosted_viewer_uri: Raw = _NOTHING


class _Result(_Head, frozen=True, gc=False, rename="camel"):
    """What is read of a result."""

    message: _Message = _Message()
    locations: list[_Location] = []
    partial_fingerprints: dict[str, str] = {}
    fingerprints: dict[str, str] = {}
    fixes: list[Raw] = []
    suppressions: list[Raw] = []
    analysis_target: Raw = _NOTHING
    web_request: Raw = _NOTHING


_RESULT = msgspec.json.Decoder(_Result)
_NAMES = tuple(each.encode_name for each in msgspec.structs.fields(_Head))
_Key = tuple[bytes, ...]
_ALL_NOTHING = (_NOTHING,) * 7
_NO_MORE = (b"",) * 7


@dataclass(frozen=True, slots=True)
class ResultReader:
    """Reads the results of one run; keeps what its rules give."""

    run: Run
    _by_head: dict[_Key, Observation | None] = field(default_factory=dict)
    _paths: dict[_ArtifactLocation, str] = field(default_factory=dict)

    def read(self, piece: Piece, pointer: str) -> Record:
        """Give the record that a result means, whatever its shape."""
        if type(piece) is Raw:
            try:
                usual = self._usual(_RESULT.decode(piece), pointer)
            except OTHER_SHAPE:
                usual = None
            if usual is not None:
                return usual
        return read_result(value_of(piece), pointer, self.run)

    def _usual(self, result: _Result, pointer: str) -> Observation | None:
        message = result.message.text.strip()
        common = self._shared(result)
        if common is None or not message or result.message.arguments is not _NOTHING:
            return None
        if ("coded" in message or "CODED" in message) and quotes_credentials((), message):
            return None
        title = common.title
        if title == _MARK:
            title = message.partition("\n")[0].strip()
            if not title or len(title) > _LONGEST_TITLE:
                return None
        location = result.locations[0] if result.locations else _Location()
        physical = location.physical_location
        path = self._path(physical.artifact_location)
        if path.startswith(("http:", "https:")):
            return None
        is_setting = common.kind is Kind.MISCONFIGURATION
        snippet = physical.region.snippet.text or physical.context_region.snippet.text
        return new_observation(
            kind=common.kind,
            rule=common.rule,
            title=title,
            severity=common.severity,
            pointer=pointer,
            description=_description(common.description, message),
            remedy=common.remedy,
            weaknesses=common.weaknesses,
            place=new_place(path, max(0, physical.region.start_line)),
            resource=_resource(location) if is_setting else "",
            cvss=common.cvss,
            fingerprints=stable_fingerprints(
                {**result.partial_fingerprints, **result.fingerprints}
                if result.fingerprints
                else result.partial_fingerprints
            ),
            context=snippet.strip(),
            links=common.links,
        )

    def _shared(self, result: _Result) -> Observation | None:
        """Give what all results with this head have in common; None where one of its own says more."""
        if result.fixes or result.suppressions:
            return None
        if result.analysis_target is not _NOTHING or result.web_request is not _NOTHING:
            return None
        key = _key(result)
        try:
            return self._by_head[key]
        except KeyError:
            if len(self._by_head) >= _MAX_RULES:
                self._by_head.clear()
            head = self._by_head[key] = self._read_head(key)
            return head

    def _read_head(self, key: _Key) -> Observation | None:
        head = {name: orjson.loads(raw) for name, raw in zip(_NAMES, key, strict=True) if raw}
        record = read_result({**head, "message": {"text": _MARK}}, "", self.run)
        if not isinstance(record, Observation) or _is_special(record):
            return None
        return record

    def _path(self, location: _ArtifactLocation) -> str:
        uri = location.uri.strip()
        if uri and not location.uri_base_id:
            return self.run.path_of(uri)
        path = self._paths.get(location)
        if path is None:
            if len(self._paths) >= _MAX_RULES:
                self._paths.clear()
            path = self.run.uri_of(msgspec.to_builtins(location))
            self._paths[location] = path
        return path


def _key(result: _Result) -> _Key:
    first = bytes(result.rule_id), bytes(result.rule_index), bytes(result.level)
    rest = (
        result.rule,
        result.kind,
        result.baseline_state,
        result.properties,
        result.provenance,
        result.taxa,
        result.hosted_viewer_uri,
    )
    return (*first, *_NO_MORE) if rest == _ALL_NOTHING else (*first, *map(bytes, rest))


def _is_special(common: Observation) -> bool:
    """Whether the message means more than a text: it names a package, hides a secret, or stands for a rule."""
    if common.kind in (Kind.VULNERABILITY, Kind.SECRET) or common.rule == _MARK:
        return True
    if not common.description.startswith(_MARK):
        return True  # Something in it had to be masked.
    told = {part.name: getattr(common, part.name) for part in fields(common)}
    return any(_MARK in str(told[name]) for name in ("remedy", "links", "weaknesses", "cvss"))


def _description(common: str, message: str) -> str:
    described = common[len(_MARK) :].removeprefix("\n\n")
    return message if not described or described == message else f"{message}\n\n{described}"


def _resource(location: _Location) -> str:
    if not location.logical_locations:
        return ""
    place = location.logical_locations[0]
    return place.fully_qualified_name.strip() or place.name.strip()
