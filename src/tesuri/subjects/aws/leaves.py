"""Leaves as the shape of a type says: Terraform and hand-written templates write numbers and truth values as text too.

Each function keeps the marks of unknown and secret values. None means that nobody wrote the attribute: Terraform says
so with null or an empty text.
"""

import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import orjson

from tesuri.model.resource import UNKNOWN, Unknown, Value, misshapen
from tesuri.subjects.aws.policy import normal_policy
from tesuri.subjects.planned import Planned, Sensitive, plain, planned, secret
from tesuri.untrusted.shape import shape_name

Leaf: TypeAlias = Callable[[Planned], Planned]

# NOTE: the provider keeps the SHA-1 of user data instead of the text.
_DIGEST: Final = re.compile(r"[0-9a-f]{40}")
_TRUTHS: Final = {"true": True, "false": False, "1": True, "0": False}


def as_text(value: Planned) -> Planned:
    """Give a text; None for an empty one."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _digits(value)
    return _marked(value, as_text)


def as_integer(value: Planned) -> Planned:
    """Give a whole number; what is none stays as it is."""
    if isinstance(value, str):
        return int(value) if _is_whole(value) else value or None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, bool | int | float) else _marked(value, as_integer)


def as_number(value: Planned) -> Planned:
    """Give a number; what is none stays as it is."""
    if isinstance(value, str):
        return int(value) if _is_whole(value) else planned(_decimal(value))
    return value if isinstance(value, bool | int | float) else _marked(value, as_number)


def as_truth(value: Planned) -> Planned:
    """Give a truth value; what is none stays as it is."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _TRUTHS.get(value.lower(), value or None)
    return bool(value) if value in (0, 1) else _marked(value, as_truth)


def as_any(value: Planned) -> Planned:
    """Give a value of any shape; a JSON object in a text is decoded."""
    if isinstance(value, str):
        return decoded(value) if value[:1] in "{[" else value or None
    # NOTE: a block that stands once is a list of one in Terraform.
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def decoded(text: str) -> Planned:
    """Give the value of a JSON text; the text when it is none."""
    try:
        value: Planned = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text or None
    return value


def as_policy(value: Planned) -> Planned:
    """Give a policy in its normal form."""
    if isinstance(value, Sensitive):
        return secret(normal_policy(value.value))
    secrets: set[str] = set()
    found = normal_policy(plain(value, secrets)) if value != "" else None
    return secret(found) if secrets else planned(found)


def as_parameters(value: Planned) -> Planned:
    """Turn blocks of name and value into a mapping."""
    found: dict[str, Planned] = {}
    for part in value if isinstance(value, list) else [value]:
        name = part.get("name") if isinstance(part, dict) else None
        if not isinstance(part, dict) or not isinstance(name, str):
            return UNKNOWN
        found[name] = as_text(part.get("value"))
    return found


def as_keyed_logs(value: Planned) -> Planned:
    """Turn the log blocks of a search domain into a mapping by kind of log."""
    found: dict[str, Planned] = {}
    for part in value if isinstance(value, list) else [value]:
        kind = part.get("log_type") if isinstance(part, dict) else None
        if not isinstance(part, dict) or not isinstance(kind, str):
            return UNKNOWN
        is_on = part.get("enabled")
        found[kind] = {
            "CloudWatchLogsLogGroupArn": part.get("cloudwatch_log_group_arn"),
            "Enabled": True if is_on is None else as_truth(is_on),
        }
    return found


def as_log_types(value: Planned) -> Planned:
    """Turn names of logs into objects with a type."""
    if isinstance(value, Unknown):
        return value
    return [{"Type": as_text(part)} for part in value] if isinstance(value, list) else None


def as_pairs(value: Planned) -> Planned:
    """Turn a mapping into a list of names and values."""
    if isinstance(value, dict):
        return [{"Name": name, "Value": as_text(part)} for name, part in value.items()]
    return value


def as_days(value: Planned) -> Planned:
    """Give a number of days; zero says for ever, as an absent one does."""
    found = as_integer(value)
    return None if found == 0 else found


def is_digest(value: Planned) -> bool:
    """Whether user data is only there as the digest that the provider keeps."""
    return isinstance(value, str) and bool(_DIGEST.fullmatch(value))


def as_user_data(value: Planned) -> Planned:
    """Give user data as the text that people wrote; UNKNOWN where Terraform only kept its digest."""
    if not isinstance(value, str):
        return _marked(value, as_user_data)
    if is_digest(value):
        return UNKNOWN
    try:
        return b64decode(value, validate=True).decode() or None
    except ValueError:
        return value or None


def _marked(value: Planned, leaf: Leaf) -> Planned:
    """Look under a mark; a list of one stands for its member, and what has another shape is no leaf."""
    if isinstance(value, Sensitive):
        inner = leaf(value.value)
        return Sensitive(inner) if isinstance(inner, bool | int | float | str) else None
    if isinstance(value, list) and len(value) == 1 and not isinstance(value[0], list | dict):
        return leaf(value[0])
    if isinstance(value, list | dict):
        return misshapen(shape_name(value), "a single value") if value else None
    return value if isinstance(value, Unknown) else None


def _listed(leaf: Leaf) -> Leaf:
    def listed(value: Planned) -> Planned:
        if isinstance(value, list):
            return [UNKNOWN if part is None else leaf(part) for part in value]
        if isinstance(value, Unknown):
            return value
        found = leaf(value)
        return None if found is None else [found]

    return listed


def _is_whole(text: str) -> bool:
    return text.lstrip("-").isdecimal() and len(text) < 20


def _decimal(text: str) -> Value:
    try:
        return float(text)
    except ValueError:
        return text or None


def _digits(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


_WORDS: Final[Mapping[str, Leaf]] = {
    "string": as_text,
    "integer": as_integer,
    "number": as_number,
    "boolean": as_truth,
    "map": as_any,
    "policy": as_policy,
}
LEAVES: Final[Mapping[tuple[str, bool], Leaf]] = {
    (word, is_list): _listed(leaf) if is_list else leaf
    for word, leaf in _WORDS.items()
    for is_list in (False, True)
}
"""Word of the shape, and whether it is a list → how a value becomes that leaf."""
