"""What is wrong or doubtful with one policy: what Amazon refuses, what it silently ignores, and what locks people out.

A document that is no policy at all (not JSON, a list where an object is expected) is BadInput; everything else is a
remark with file and pointer, and the rest is looked at all the same.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

import orjson

from tesuri.controls.scp.lint_conditions import condition_remarks
from tesuri.controls.scp.lint_values import value_remarks
from tesuri.controls.scp.operators import operator_named
from tesuri.controls.scp.policy import MAX_BYTES, WITH_VARIABLES, policy_document, statements_of
from tesuri.controls.scp.quotas import MAX_CHARACTERS, OLD_CHARACTERS
from tesuri.controls.scp.remarks import Place, brief, error, warning
from tesuri.model.scp import LintLevel, LintRemark
from tesuri.untrusted.json_keys import repeated_keys
from tesuri.untrusted.shape import join_pointer, text
from tesuri.untrusted.text_document import read_text

_TOP: Final = ("Version", "Id", "Statement")
_INNER: Final = (
    *("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"),
    *("Principal", "NotPrincipal"),
)
_SID: Final = re.compile(r"[A-Za-z0-9]*")


def lint_policy(data: bytes, *, where: str) -> tuple[LintRemark, ...]:
    """Give everything that is wrong with a policy file, errors first, then in the order of the file.

    **raises** BadInput when the file holds no policy.
    """
    document = policy_document(data, where=where)
    parts = statements_of(document, where=where)
    place = Place(where, "")
    found = [
        *_size(data, document, place),
        *_repeated(data, place),
        *_version(document, place),
        *_elements(document, _TOP, place, "a policy"),
        *_sids(parts, place),
    ]
    for pointer, statement in parts:
        found += _statement(statement, place.at(pointer))
    return tuple(sorted(found, key=lambda remark: remark.level is LintLevel.WARNING))


def _size(data: bytes, document: Mapping[str, object], place: Place) -> Iterator[LintRemark]:
    written = len(read_text(data, where=place.file))
    packed = len(orjson.dumps(document).decode())
    if packed > MAX_CHARACTERS:
        yield error(
            place,
            "size",
            f"The policy has {packed:,} characters without white space; Amazon takes {MAX_CHARACTERS:,}.",
            "Split it, or let wildcards stand for several actions.",
        )
    elif written > MAX_CHARACTERS:
        yield warning(
            place,
            "size",
            f"The file has {written:,} characters; Amazon takes {MAX_CHARACTERS:,}, "
            f"and without white space it has {packed:,}.",
            "Save it without white space: the console does so, the API does not.",
        )
    elif packed > OLD_CHARACTERS:
        yield warning(
            place,
            "size",
            f"The policy has {packed:,} characters without white space; until May 2026 the quota was "
            f"{OLD_CHARACTERS:,}, and tools that still check it refuse the policy.",
        )


def _repeated(data: bytes, place: Place) -> Iterator[LintRemark]:
    for pointer in repeated_keys(data, where=place.file, max_bytes=MAX_BYTES):
        name = pointer.rpartition("/")[2]
        yield error(
            place.at(pointer),
            "repeated-key",
            f"{brief(name)} is given twice in one object; only the last one counts.",
            "Join the two.",
        )


def _version(document: Mapping[str, object], place: Place) -> Iterator[LintRemark]:
    if text(document, "Version") != WITH_VARIABLES:
        given = document.get("Version")
        what = (
            "The policy has no Version"
            if given is None
            else f"The Version is {brief(str(given))!r}"
        )
        yield error(
            place.at("/Version"),
            "version",
            f"{what}; a service control policy needs {WITH_VARIABLES}.",
        )


def _elements(
    fields: Mapping[str, object], known: tuple[str, ...], place: Place, noun: str
) -> Iterator[LintRemark]:
    spelled = {name.lower(): name for name in known}
    for name in fields:
        if name in known:
            continue
        here = place.at(join_pointer("", name))
        if name.lower() in spelled:
            right = spelled[name.lower()]
            yield error(here, "wrong-case", f"{brief(name)} is not an element; {right} is.")
        elif operator_named(name):
            yield error(
                here,
                "operator-outside-condition",
                f"{name} stands outside Condition, so it restricts nothing.",
                "Move it into the Condition of the statement.",
            )
        else:
            yield error(
                here, "unknown-element", f"{noun.capitalize()} has no element {brief(name)}."
            )


def _sids(parts: list[tuple[str, Mapping[str, object]]], place: Place) -> Iterator[LintRemark]:
    seen: dict[str, str] = {}
    for pointer, statement in parts:
        sid = text(statement, "Sid")
        here = place.at(f"{pointer}/Sid")
        if sid and sid in seen:
            yield error(here, "repeated-sid", f"The Sid {brief(sid)} is that of {seen[sid]}, too.")
        if not _SID.fullmatch(sid):
            yield warning(here, "sid", f"The Sid {brief(sid)} holds more than letters and digits.")
        seen.setdefault(sid, pointer)


def _statement(fields: Mapping[str, object], place: Place) -> Iterator[LintRemark]:
    yield from _elements(fields, _INNER, place, "a statement")
    yield from _needed(fields, place)
    for name in ("Principal", "NotPrincipal"):
        if name in fields:
            yield error(
                place.at(f"/{name}"),
                "principal",
                f"A service control policy takes no {name}.",
                "Compare aws:PrincipalArn in the Condition.",
            )
    yield from value_remarks(fields, place)
    yield from condition_remarks(fields, place)


def _needed(fields: Mapping[str, object], place: Place) -> Iterator[LintRemark]:
    if fields.get("Effect") not in ("Allow", "Deny") and "effect" not in fields:
        yield error(place.at("/Effect"), "effect", "The Effect is neither Allow nor Deny.")
    for name in ("Action", "Resource"):
        count = sum(1 for each in (name, f"Not{name}") if each in fields)
        if count == 2:
            yield error(place, "both", f"The statement has {name} and Not{name}; Amazon takes one.")
        if count == 0:
            yield error(place, "missing", f"The statement has neither {name} nor Not{name}.")
