"""JSON Schemas (draft 2020-12) of declared files, made from the same table that the loader checks with."""

from collections.abc import Mapping

from tesuri.routing.declared import kinds
from tesuri.routing.declared.fields import (
    DURATION,
    MOMENT,
    Duration,
    FieldType,
    Moment,
    Record,
    Records,
    Text,
    TextMap,
    Texts,
    Whole,
)

Schema = dict[str, object]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"

SCHEMAS: Mapping[str, tuple[FieldType, bool]] = {
    "tesuri": (kinds.SETTINGS, False),
    "service": (kinds.SERVICE, True),
    "team": (kinds.TEAM, True),
    "journey": (kinds.JOURNEY, True),
    "waiver": (kinds.WAIVER, True),
    "incident": (kinds.INCIDENT, True),
    "asset": (kinds.ASSET, True),
    "effort": (kinds.EFFORT, True),
    "mapping": (kinds.MAPPING, False),
}
"""Schema name → its table, and whether a file may also hold a list of them."""


def schema_document(name: str) -> Schema:
    """Give the published schema of one kind of file."""
    expected, is_list_allowed = SCHEMAS[name]
    inner = schema_of(expected)
    if is_list_allowed:
        inner = {"anyOf": [inner, {"type": "array", "items": inner}]}
    return {"$schema": _DIALECT, "title": f"Tesuri {name}", **inner}


def schema_of(expected: FieldType) -> Schema:
    """Give the schema of one field's values."""
    match expected:
        case Record():
            return _record_schema(expected)
        case Records(record):
            return {"type": "array", "items": schema_of(record)}
        case Texts(pattern):
            return {"type": "array", "items": schema_of(Text(pattern=pattern))}
        case TextMap(value, keys):
            names: Schema = {"propertyNames": {"enum": list(keys)}} if keys else {}
            return {"type": "object", **names, "additionalProperties": schema_of(value)}
        case Text():
            return _text_schema(expected)
        case _:
            return _plain_schema(expected)


def _record_schema(expected: Record) -> Schema:
    schema: Schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            name: {"description": declared.meaning, **schema_of(declared.type)}
            for name, declared in expected.fields.items()
        },
    }
    required = [name for name, declared in expected.fields.items() if declared.is_required]
    return {**schema, "required": required} if required else schema


def _text_schema(expected: Text) -> Schema:
    if expected.choices:
        return {"enum": [str(choice) for choice in expected.choices]}
    # An anchored pattern of a schema searches; the loader matches as a whole.
    return {"type": "string", "pattern": f"^(?:{expected.pattern})$" if expected.pattern else r"\S"}


def _plain_schema(expected: Whole | Duration | Moment) -> Schema:
    match expected:
        case Whole(low, high):
            return {"type": "integer", "minimum": low, "maximum": high}
        case Duration():
            return {"type": "string", "pattern": f"^{DURATION.pattern}$"}
        case Moment():
            return {"type": "string", "pattern": f"^{MOMENT.pattern}$"}
