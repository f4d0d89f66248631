"""The baseline that detect-secrets writes: secrets by file, each with the SHA-1 of the secret.

A secret that an audit has marked as none (`is_secret: false`) is suppressed. The hash stands in for the secret: it is
the same for the same secret, and short ones can be guessed from it, so it is kept as secret as the secret.
"""

from collections.abc import Iterator, Mapping

from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Kind,
    Record,
    Report,
    Skipped,
    Suppressed,
    new_observation,
    new_place,
)
from tesuri.model.severity import Severity
from tesuri.untrusted.instant import instant
from tesuri.untrusted.shape import flag, join_pointer, mapping, shape_name, text, whole


def _recognise(document: object) -> Likeness:
    root = mapping(document)
    if not isinstance(root.get("results"), dict):
        return Likeness(0)
    if isinstance(root.get("plugins_used"), list):
        return Likeness(100, ("plugins_used", "results by file"))
    lists = [found for found in mapping(root, "results").values() if isinstance(found, list)]
    if any("hashed_secret" in mapping(secret) for found in lists[:20] for secret in found[:20]):
        return Likeness(90, ("results by file with hashed_secret",))
    return Likeness(0)


def _read(document: object) -> Report:
    root = mapping(document)
    if not isinstance(root.get("results"), dict):
        found = shape_name(root.get("results"))
        raise BadInput(
            f"A detect-secrets baseline has a mapping `results`, not {found}.", where="/results"
        )
    return Report(
        format="detect-secrets",
        version="",
        tool="detect-secrets",
        tool_version=text(root, "version"),
        target="",
        configuration="",
        scanned_at=instant(root.get("generated_at")),
        records=_records(mapping(root, "results")),
    )


def _records(results: Mapping[str, object]) -> Iterator[Record]:
    for path, secrets in results.items():
        pointer = join_pointer("/results", path)
        if not isinstance(secrets, list):
            yield Skipped(pointer, f"the secrets are {shape_name(secrets)}, not a list")
            continue
        for index, secret in enumerate(secrets):
            yield _record(secret, path, join_pointer(pointer, index))


def _record(secret: object, path: str, pointer: str) -> Record:
    if not isinstance(secret, dict):
        return Skipped(pointer, f"the secret is {shape_name(secret)}, not a mapping")
    rule = text(secret, "type")
    if not rule:
        return Skipped(pointer, "the secret names no type")
    is_verified = flag(secret, "is_verified") is True
    observation = new_observation(
        kind=Kind.SECRET,
        rule=rule,
        title=rule,
        severity=Severity.CRITICAL if is_verified else Severity.UNKNOWN,
        pointer=pointer,
        description="detect-secrets tried the secret and it works." if is_verified else "",
        place=new_place(path=text(secret, "filename") or path, line=whole(secret, "line_number")),
        secret=text(secret, "hashed_secret"),
    )
    if flag(secret, "is_secret") is False:
        return Suppressed(pointer, "marked as no secret in an audit", observation)
    return observation


FORMAT = Format(
    name="detect-secrets",
    title="detect-secrets baseline",
    documents=("json",),
    recognise=_recognise,
    read=_read,
)
