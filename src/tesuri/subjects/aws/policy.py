"""IAM policies in one normal form, whatever way they are written.

A policy may be text, one statement instead of a list, one action instead of a list, and "*" or {"AWS": "*"} for
everybody. Here statements, actions, resources and the members of principals are lists, and everybody is {"AWS": ["*"]},
also where the account is a wildcard. A condition that everybody meets is left out of a statement that allows.

**source** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import re
from ipaddress import ip_network
from typing import Final

import orjson

from tesuri.model.resource import UNKNOWN, Unknown, Value, misshapen, partly_known
from tesuri.untrusted.shape import shape_name

_LISTS: Final = ("Action", "NotAction", "Resource", "NotResource")
_HOLE: Final = "\ue000"
_HOLE_NAME: Final = "(unknown)"
_PRINCIPALS: Final = ("Principal", "NotPrincipal")
_ANY_ACCOUNT: Final = re.compile(r"arn:[^:]*:(?:iam|sts)::[*?]+(?::.*)?")
_ANY_ARN: Final = re.compile(r"arn:[^:]*:[^:]*:[^:]*:[*?]+(?::[*?/]*)?|arn:[*:]*")
_WIDEST: Final = {4: 8, 6: 32}
"""Version of IP → the shortest prefix that still narrows, as Amazon S3 counts a policy as public."""
_LAST_COMMA: Final = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])')


def normal_policy(value: object) -> Value:
    """Give a policy in its normal form; UNKNOWN for text that is no JSON, and misshapen for what is no object."""
    if isinstance(value, Unknown) and any(value.pieces):
        value = _holed(_parsed(_HOLE.join(value.pieces)))
    if isinstance(value, str):
        value = _parsed(value)
    if value is None or isinstance(value, Unknown):
        return UNKNOWN
    if not isinstance(value, dict):
        return misshapen(shape_name(value), "a policy")
    found: dict[str, Value] = {str(key): part for key, part in value.items()}
    statements = found.get("Statement")
    if isinstance(statements, list | dict):
        parts = statements if isinstance(statements, list) else [statements]
        found["Statement"] = [_statement(one) for one in parts]
    elif "Statement" in found and not isinstance(statements, Unknown):
        found["Statement"] = misshapen(shape_name(statements), "a list of statements")
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
    # NOTE: Amazon refuses a comma after the last member; what the policy means is plain.
    for written in (text, _LAST_COMMA.sub(r"\1", text)):
        try:
            value: object = orjson.loads(written)
        except orjson.JSONDecodeError:
            continue
        return value
    return None


def _holed(value: object) -> object:
    """Put what is not known back where the text of a policy had holes."""
    if isinstance(value, dict):
        return {_HOLE_NAME if _HOLE in key else key: _holed(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_holed(part) for part in value]
    return partly_known(value.split(_HOLE)) if isinstance(value, str) and _HOLE in value else value


def _statement(value: Value) -> Value:
    if isinstance(value, Unknown):
        return UNKNOWN
    return (
        _settled(dict(value))
        if isinstance(value, dict)
        else misshapen(shape_name(value), "a statement")
    )


def _settled(found: dict[str, Value]) -> Value:
    if "Effect" in found:
        found["Effect"] = _text(found["Effect"])
    for key in _LISTS:
        if key in found:
            found[key] = _list(found[key])
    for key in _PRINCIPALS:
        if key in found:
            found[key] = _principal(found[key])
    if found.get("Effect") == "Allow" and isinstance(condition := found.get("Condition"), dict):
        found["Condition"] = _narrowing(condition)
        if found["Condition"] == {} != condition:
            del found["Condition"]
    return found


def _narrowing(condition: dict[str, Value]) -> Value:
    """Give the conditions that not everybody meets."""
    found: dict[str, Value] = {}
    for operator, keys in condition.items():
        left = keys
        if isinstance(keys, dict):
            left = {key: one for key, one in keys.items() if not _is_met(operator, key, one)}
        if left != {} or keys == {}:
            found[operator] = left
    return found


def _is_met(operator: str, key: str, value: Value) -> bool:
    """Whether everybody meets a condition, which one of its values is enough for."""
    values = [
        one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)
    ]
    plain = operator.lower().rpartition(":")[2].removesuffix("ifexists")
    if plain == "ipaddress":
        return any(map(_is_everywhere, values))
    if plain not in ("stringlike", "arnlike", "arnequals"):
        return False
    of_principals = key.lower() == "aws:principalarn"
    return any(
        one.strip("*") == ""
        or _ANY_ARN.fullmatch(one)
        or (of_principals and _ANY_ACCOUNT.fullmatch(one))
        for one in values
    )


def _is_everywhere(text: str) -> bool:
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return False
    return network.prefixlen < _WIDEST[network.version]


def _principal(value: Value) -> Value:
    if isinstance(value, str):
        return {"AWS": _everybody([value])}
    if isinstance(value, dict):
        return {key: _everybody(_list(part)) for key, part in value.items()}
    if isinstance(value, Unknown):
        return {"AWS": [value]} if value.is_certain else UNKNOWN
    return misshapen(shape_name(value), "a principal")


def _everybody(names: Value) -> Value:
    if not isinstance(names, list):
        return names
    return ["*" if isinstance(one, str) and _ANY_ACCOUNT.fullmatch(one) else one for one in names]


def _list(value: Value) -> Value:
    if isinstance(value, list):
        return [_text(part) for part in value]
    is_any = isinstance(value, Unknown) and not value.is_certain
    return value if is_any else [_text(value)]


def _text(value: Value) -> Value:
    """Give a text; where anything else stands, nobody can tell what it means."""
    is_text = isinstance(value, str | Unknown)
    return value if is_text else misshapen(shape_name(value), "a text")
