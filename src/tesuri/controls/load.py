"""Control file → control: every key checked, expressions compiled, property names known.

An unknown key, a misspelt property or a broken expression is BadInput that names the pointer: a control that cannot
be evaluated never starts to look like one that passes.
"""

import hashlib
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypeVar

from tesuri.controls.compiled import CompiledControl
from tesuri.controls.property_paths import ResourceSchema, check_paths
from tesuri.controls.scp.generate import check_point
from tesuri.expressions.compile import check_types, compile_expression
from tesuri.expressions.static_types import BOOL, DYN, STRING, TIMESTAMP, type_of_schema
from tesuri.model.control import DEFAULT_STRICTNESS, Control, GateAnswer, Point
from tesuri.model.errors import BadInput
from tesuri.model.identifiers import ControlId
from tesuri.model.objective import PolicyState
from tesuri.model.severity import Severity
from tesuri.untrusted.shape import need_mapping, need_text, texts
from tesuri.untrusted.yaml_document import read_yaml

_REQUIRED: Final = (
    "id",
    "title",
    "statement",
    "severity",
    "resource",
    "require",
    "message",
    "points",
)
_OPTIONAL: Final = ("strictness", "must", "catalogue", "maps", "answerable", "remedy")
_ID: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_POINT_KEYS: Final = frozenset({"not", "on"})
_NAMES: Final = frozenset({"resource", "now"})

_Word = TypeVar("_Word", bound=StrEnum)


def load_control(
    data: bytes, *, where: str, schemas: Mapping[str, ResourceSchema]
) -> CompiledControl:
    """Read one control file.

    **raises** BadInput with the file and the JSON pointer of what is wrong.
    """
    document = need_mapping(read_yaml(data, where=where), where=where)
    _check_keys(document, where)
    control = _control(document, hashlib.sha256(data).hexdigest()[:12], where)
    require = compile_expression(control.require, where=f"{where}#/require", names=_NAMES)
    message = compile_expression(
        control.message, where=f"{where}#/message", names=_NAMES | {"part"}
    )
    schema = schemas.get(control.resource)
    if schema:
        check_paths(require, schema)
        check_paths(message, schema)
    shape = type_of_schema(schema.properties) if schema else DYN
    types = {"resource": shape, "now": TIMESTAMP}
    check_types(require, types, gives=BOOL)
    check_types(message, types, gives=STRING)
    return CompiledControl(control, require, message, are_paths_checked=schema is not None)


def _check_keys(document: Mapping[str, object], where: str) -> None:
    for key in document:
        if key not in (*_REQUIRED, *_OPTIONAL):
            raise BadInput(f"A control has no key {key!r}.", where=f"{where}#/{key}")
    missing = [key for key in _REQUIRED if key not in document]
    if missing:
        raise BadInput(f"The control lacks {', '.join(missing)}.", where=where)


def _control(document: Mapping[str, object], version: str, where: str) -> Control:
    identity = need_text(document, "id", where=f"{where}#/id")
    if not _ID.fullmatch(identity):
        raise BadInput(
            f"{identity!r} is no id: lower-case words joined by hyphens.", where=f"{where}#/id"
        )
    return Control(
        id=ControlId(identity),
        version=version,
        title=_languages(document, "title", f"{where}#"),
        statement=_languages(document, "statement", f"{where}#"),
        severity=_word(document, "severity", Severity, where),
        resource=need_text(document, "resource", where=f"{where}#/resource"),
        require=need_text(document, "require", where=f"{where}#/require"),
        message=need_text(document, "message", where=f"{where}#/message"),
        points=_points(document, where),
        strictness=_strictness(document, where),
        is_always_blocking=_must(document, where),
        maps=_maps(document, where),
        answerable=str(document.get("answerable") or ""),
        remedy=_remedy(document, where),
        catalogue=str(document.get("catalogue") or ""),
    )


def _languages(document: Mapping[str, object], key: str, where: str) -> Mapping[str, str]:
    place = f"{where}/{key}"
    given = document[key]
    if isinstance(given, str):
        given = {"en": given}
    found = need_mapping(given, where=place)
    for language in found:
        if language not in ("en", "ja"):
            raise BadInput(f"{language!r} is no language here; en and ja are.", where=place)
        need_text(found, language, where=place)
    if "en" not in found:
        raise BadInput("The English text (en) is missing.", where=place)
    return {language: str(text).strip() for language, text in found.items()}


def _word(document: Mapping[str, object], key: str, words: type[_Word], where: str) -> _Word:
    given = document[key]
    try:
        return words(str(given))
    except ValueError as error:
        known = ", ".join(words)
        raise BadInput(f"{given!r} is none of: {known}.", where=f"{where}#/{key}") from error


def _points(document: Mapping[str, object], where: str) -> Mapping[Point, Mapping[str, object]]:
    place = f"{where}#/points"
    found: dict[Point, Mapping[str, object]] = {}
    declared = need_mapping(document["points"], where=place)
    for name in declared:
        point = _word({name: name}, name, Point, place)
        options = need_mapping(declared[name] or {}, where=f"{place}/{name}")
        if point is Point.SCP:
            check_point(options, where=f"{place}/{name}")
        elif wrong := options.keys() - _POINT_KEYS:
            raise BadInput(f"A point has no key {min(wrong)!r}.", where=f"{place}/{name}")
        found[point] = options
    if not found:
        raise BadInput("A control needs at least one point.", where=place)
    return found


def _strictness(document: Mapping[str, object], where: str) -> Mapping[PolicyState, GateAnswer]:
    place = f"{where}#/strictness"
    found = dict(DEFAULT_STRICTNESS)
    declared = need_mapping(document.get("strictness") or {}, where=place)
    for name in declared:
        state = _word({name: name}, name, PolicyState, place)
        found[state] = _word(declared, name, GateAnswer, place)
    return found


def _must(document: Mapping[str, object], where: str) -> bool:
    given = document.get("must")
    if given not in (None, "block"):
        raise BadInput("The only value of must is block.", where=f"{where}#/must")
    return given == "block"


def _maps(document: Mapping[str, object], where: str) -> Mapping[str, tuple[str, ...]]:
    declared = need_mapping(document.get("maps") or {}, where=f"{where}#/maps")
    return {framework: texts(declared, framework) for framework in declared}


def _remedy(document: Mapping[str, object], where: str) -> Mapping[str, Mapping[str, str]]:
    declared = need_mapping(document.get("remedy") or {}, where=f"{where}#/remedy")
    return {key: _languages(declared, key, f"{where}#/remedy") for key in declared}
