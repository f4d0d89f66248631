"""Lint of actions and resources: their form, placeholders that nobody filled in, variables that Amazon does not replace."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tesuri.controls.scp.condition_keys import is_of_principal, is_unknown_global
from tesuri.controls.scp.policy import texts_of
from tesuri.controls.scp.remarks import Place, brief, error, warning
from tesuri.controls.scp.variables import VARIABLE, variables_in
from tesuri.model.errors import BadInput
from tesuri.model.scp import LintRemark
from tesuri.untrusted.shape import join_pointer, mapping

_PLACEHOLDER: Final = re.compile(
    r"<[^<>]+>|\[[A-Za-z][A-Za-z0-9_ /*-]*\]|\{\{[^{}]*\}\}|\{[A-Za-z][A-Za-z0-9_ -]*\}"
    r"|%[A-Z][A-Z0-9_]+%|\bREPLACE_?ME\b|\bCHANGE_?ME\b"
)
_ACTION: Final = re.compile(r"\*|[A-Za-z0-9*?-]+:[A-Za-z0-9*?]+")
_ARN_PARTS: Final = 6
_FIRST_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "lambda": (
        *("function:", "layer:", "event-source-mapping:", "code-signing-config:"),
        "capacity-provider:",
    ),
    "secretsmanager": ("secret:",),
    "cloudtrail": ("trail/", "eventdatastore/", "channel/", "dashboard/"),
    "kms": ("key/", "alias/"),
}
"""How the last part of an ARN begins, of services whose ARNs are written wrong most often.

**source** Service Authorization Reference, resource types of each service.
"""


def value_remarks(fields: Mapping[str, object], place: Place) -> Iterator[LintRemark]:
    """Give the remarks about what a statement covers."""
    for name in ("Action", "NotAction"):
        for here, value in listed(fields, name, place):
            if isinstance(value, LintRemark):
                yield value
            else:
                yield from _action(value, here)
    for name in ("Resource", "NotResource"):
        for here, value in listed(fields, name, place):
            if isinstance(value, LintRemark):
                yield value
            else:
                yield from _resource(value, here)
    yield from _reach(fields, place)


def listed(
    fields: Mapping[str, object], name: str, place: Place
) -> Iterator[tuple[Place, str | LintRemark]]:
    """Give the texts of an element with their places, or the remark that it holds something else."""
    if name not in fields:
        return
    here = place.at(join_pointer("", name))
    value = fields[name]
    try:
        values = texts_of(value, where="")
    except BadInput as problem:
        yield here, error(here, "shape", problem.what)
        return
    if not values:
        yield here, error(here, "shape", f"The list of {name} is empty.")
    for index, each in enumerate(values):
        yield here.at(f"/{index}") if isinstance(value, list) else here, each


def unbound(value: str, place: Place) -> Iterator[LintRemark]:
    """Say which placeholders of a published example nobody has replaced."""
    plain = [name for name, key in variables_in(value) if ":" not in key]
    for found in (*_PLACEHOLDER.findall(VARIABLE.sub("", value)), *plain):
        yield error(
            place,
            "placeholder",
            f"The placeholder {brief(found)} is not filled in; Amazon takes it literally.",
            "Replace it; simulate and replay take --bind.",
        )
    for name, key in variables_in(value):
        if is_unknown_global(key):
            yield warning(
                place, "variable", f"Amazon documents no key for the variable {brief(name)}."
            )


def _action(value: str, place: Place) -> Iterator[LintRemark]:
    yield from unbound(value, place)
    if "${" in value:
        yield error(
            place, "variable-place", f"{brief(value)}: Amazon replaces no variable in an action."
        )
    elif ":" not in value and value != "*":
        yield error(place, "action", f"The action {brief(value)} has no service prefix.")
    elif not _ACTION.fullmatch(value) and not _PLACEHOLDER.search(value):
        yield error(place, "action", f"{brief(value)} is no action; it is written service:Name.")
    elif set(value.partition(":")[0]) & set("*?") and value != "*":
        yield warning(place, "action", f"The service prefix of {brief(value)} has a wildcard.")


def _resource(value: str, place: Place) -> Iterator[LintRemark]:
    yield from unbound(value, place)
    if value == "*":
        return
    parts = VARIABLE.sub("variable", value).split(":", _ARN_PARTS - 1)
    if parts[0] != "arn" or (len(parts) < _ARN_PARTS and "*" not in parts[-1]):
        yield error(place, "resource", f"{brief(value)} is neither * nor an ARN with six parts.")
    elif not _is_of_service(parts):
        yield warning(
            place,
            "resource",
            f"No ARN of {parts[2]} begins its last part as {brief(value)} does, so it covers nothing.",
            f"Write one of {', '.join(_FIRST_WORDS[parts[2]])}",
        )
    early = [name for name, key in variables_in(_head(value)) if ":" in key]
    if early:
        yield warning(
            place,
            "variable-place",
            f"Amazon does not replace {brief(early[0])} before the fifth colon of an ARN.",
        )


def _is_of_service(parts: Sequence[str]) -> bool:
    """Whether some ARN of the service can look like this; wildcards and variables leave that open."""
    words = _FIRST_WORDS.get(parts[2], ()) if len(parts) == _ARN_PARTS else ()
    written = re.split(r"[*?$<\[{]", parts[-1], maxsplit=1)[0]
    is_whole = written == parts[-1]
    return not words or any(
        written.startswith(word) or (not is_whole and word.startswith(written)) for word in words
    )


def _head(value: str) -> str:
    """Give the first five parts of an ARN; colons inside of variables do not cut."""
    position, colons = 0, 0
    while position < len(value) and colons < _ARN_PARTS - 1:
        variable = VARIABLE.match(value, position)
        colons += 0 if variable else value[position] == ":"
        position = variable.end() if variable else position + 1
    return value[:position]


def _reach(fields: Mapping[str, object], place: Place) -> Iterator[LintRemark]:
    actions = [value for _, value in listed(fields, "Action", place)]
    is_broad = actions == ["*"] or "NotAction" in fields
    conditions = mapping(fields, "Condition")
    if fields.get("Effect") == "Deny":
        if is_broad and not conditions and fields.get("Resource") in ("*", ["*"]):
            yield warning(place, "breadth", "This denies everything to everybody in the account.")
        keys = [key for operator in conditions for key in mapping(conditions, operator)]
        if (is_broad or not conditions) and not any(map(is_of_principal, keys)):
            yield warning(
                place,
                "lockout",
                "No role is left out: nobody in the account can do it, not even in an emergency.",
                "Leave one role out with ArnNotLike on aws:PrincipalArn, unless that is meant.",
            )
    elif fields.get("Effect") == "Allow" and "NotAction" in fields:
        yield warning(
            place, "breadth", "Allow with NotAction allows every other action, also those to come."
        )
