"""IAM policies in one normal form, whatever way they are written.

A policy may be text, one statement instead of a list, one action instead of a list, and "*" or {"AWS": "*"} for
everybody. Here statements, actions, resources and the members of principals are lists, and everybody is {"AWS": ["*"]}.

**source** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from typing import Final

import orjson

from tesuri.model.resource import UNKNOWN, Unknown, Value, partly_known

_LISTS: Final = ("Action", "NotAction", "Resource", "NotResource")
_HOLE: Final = "\ue000"
_HOLE_NAME: Final = "(unknown)"
_PRINCIPALS: Final = ("Principal", "NotPrincipal")


def normal_policy(value: object) -> Value:
    """Give a policy in its normal form; UNKNOWN for text that is no policy."""
    if isinstance(value, Unknown) and any(value.pieces):
        value = _holed(_parsed(_HOLE.join(value.pieces)))
    if isinstance(value, str):
        value = _parsed(value)
    if not isinstance(value, dict):
        return UNKNOWN
    found: dict[str, Value] = {str(key): part for key, part in value.items()}
    statements = found.get("Statement")
    if isinstance(statements, list | dict):
        parts = statements if isinstance(statements, list) else [statements]
        found["Statement"] = [_statement(one) for one in parts]
    elif "Statement" in found:
        found["Statement"] = UNKNOWN
    return found


def merged_policies(first: Value, second: Value) -> Value:
    """Give one policy with the statements of both; UNKNOWN takes part as a statement that nobody knows."""
    statements = [*_statements(first), *_statements(second)]
    whole = first if isinstance(first, dict) else second if isinstance(second, dict) else {}
    return {**whole, "Statement": statements}


def _statements(policy: Value) -> list[Value]:
    if isinstance(policy, dict):
        found = policy.get("Statement")
        return found if isinstance(found, list) else []
    return [policy] if isinstance(policy, Unknown) else []


def _parsed(text: str) -> object:
    try:
        value: object = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return value


def _holed(value: object) -> object:
    """Put what is not known back where the text of a policy had holes."""
    if isinstance(value, dict):
        return {_HOLE_NAME if _HOLE in key else key: _holed(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_holed(part) for part in value]
    return partly_known(value.split(_HOLE)) if isinstance(value, str) and _HOLE in value else value


def _statement(value: Value) -> Value:
    if not isinstance(value, dict):
        return UNKNOWN
    found = dict(value)
    for key in _LISTS:
        if key in found:
            found[key] = _list(found[key])
    for key in _PRINCIPALS:
        if key in found:
            found[key] = _principal(found[key])
    return found


def _principal(value: Value) -> Value:
    if isinstance(value, str):
        return {"AWS": [value]}
    if isinstance(value, dict):
        return {key: _list(part) for key, part in value.items()}
    return {"AWS": [value]} if isinstance(value, Unknown) and value.is_certain else UNKNOWN


def _list(value: Value) -> Value:
    is_any = isinstance(value, Unknown) and not value.is_certain
    return value if isinstance(value, list) or is_any else [value]
