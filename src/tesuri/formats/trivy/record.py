"""One record of a Trivy report, of any kind that Trivy knows."""

from collections.abc import Callable, Mapping

from tesuri.formats.trivy.scope import Scope
from tesuri.formats.trivy.vulnerability import any_vulnerability, usual_vulnerability
from tesuri.model.observation import (
    Informational,
    Kind,
    Observation,
    Record,
    Skipped,
    Suppressed,
    new_observation,
    new_place,
)
from tesuri.model.severity import severity_from_word
from tesuri.untrusted.json_pieces import Piece, value_of
from tesuri.untrusted.package_url import package_named
from tesuri.untrusted.shape import (
    items,
    join_pointer,
    mapping,
    shape_name,
    text,
    texts,
    whole,
)

_NO_RULE = "the record names no advisory, check or rule"

Reader = Callable[[Piece, str, Scope], Record]
_ValueReader = Callable[[Mapping[str, object], str, Scope], Observation]


def _record(read: _ValueReader, entry: object, pointer: str, scope: Scope) -> Record:
    if not isinstance(entry, dict):
        return Skipped(pointer, f"the record is {shape_name(entry)}, not a mapping")
    observation = read(entry, pointer, scope)
    if not observation.rule:
        return Skipped(pointer, _NO_RULE)
    status = text(entry, "Status").upper()
    if observation.kind is Kind.MISCONFIGURATION and status == "PASS":
        return Informational(pointer, "passed")
    if observation.kind is Kind.MISCONFIGURATION and status == "EXCEPTION":
        return Suppressed(pointer, "excepted in Trivy", observation)
    return observation


def modified(piece: Piece, pointer: str, scope: Scope) -> Record:
    """Read a finding that an ignore file or a VEX statement took out of the others."""
    entry = value_of(piece)
    read = _MODIFIED.get(text(entry, "Type").lower(), any_vulnerability)
    record = _record(read, mapping(entry, "Finding"), join_pointer(pointer, "Finding"), scope)
    words = (text(entry, "Status") or "ignored", text(entry, "Statement"), text(entry, "Source"))
    reason = ": ".join(word for word in words if word)
    return Suppressed(pointer, reason, record if isinstance(record, Observation) else None)


def _any_shape(read: _ValueReader) -> Reader:
    return lambda piece, pointer, scope: _record(read, value_of(piece), pointer, scope)


def _listed_vulnerability(piece: Piece, pointer: str, scope: Scope) -> Record:
    observation = usual_vulnerability(piece, pointer, scope)
    if observation is None:
        return _record(any_vulnerability, value_of(piece), pointer, scope)
    return observation if observation.rule else Skipped(pointer, _NO_RULE)


def _misconfiguration(entry: Mapping[str, object], pointer: str, scope: Scope) -> Observation:
    cause = mapping(entry, "CauseMetadata")
    lines = (text(line, "Content") for line in items(cause, "Code", "Lines"))
    sentences = (text(entry, "Message"), text(entry, "Description"))
    return new_observation(
        kind=Kind.MISCONFIGURATION,
        rule=text(entry, "ID") or text(entry, "AVDID"),
        title=text(entry, "Title")
        or text(entry, "Message")
        or text(entry, "ID")
        or text(entry, "AVDID"),
        severity=severity_from_word(text(entry, "Severity")),
        pointer=pointer,
        description="\n\n".join(sentence for sentence in sentences if sentence),
        remedy=text(entry, "Resolution"),
        place=new_place(path="" if scope.resource else scope.path, line=whole(cause, "StartLine")),
        resource=scope.resource or text(cause, "Resource"),
        resource_type=scope.resource_type,
        target=scope.target,
        context="\n".join(line for line in lines if line),
        links=_links(entry),
    )


def _secret(entry: Mapping[str, object], pointer: str, scope: Scope) -> Observation:
    match = text(entry, "Match")
    # Trivy writes asterisks over the secret; what is left then helps to recognise the place.
    is_masked = "***" in match
    return new_observation(
        kind=Kind.SECRET,
        rule=text(entry, "RuleID"),
        title=text(entry, "Title") or f"{text(entry, 'Category')} secret".strip(),
        severity=severity_from_word(text(entry, "Severity")),
        pointer=pointer,
        place=new_place(path=scope.path, line=whole(entry, "StartLine")),
        resource=scope.resource,
        resource_type=scope.resource_type,
        target=scope.target,
        context=match if is_masked else "",
        secret="" if is_masked else match,
    )


def _licence(entry: Mapping[str, object], pointer: str, scope: Scope) -> Observation:
    name = text(entry, "Name")
    package = text(entry, "PkgName")
    path = text(entry, "FilePath") or scope.file
    category = text(entry, "Category")
    return new_observation(
        kind=Kind.LICENCE,
        rule=name,
        title=f"Licence {name} of {package or path or 'an unnamed package'}",
        severity=severity_from_word(text(entry, "Severity")),
        pointer=pointer,
        description=f"Category: {category}." if category else "",
        package=package_named(package, ecosystem=scope.type, path=path) if package else None,
        place=new_place(path=path),
        resource=scope.resource,
        resource_type=scope.resource_type,
        target=scope.target,
        links=texts(entry, "Link"),
    )


def _links(entry: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*texts(entry, "PrimaryURL"), *texts(entry, "References"))))


READERS: Mapping[str, Reader] = {
    "Vulnerabilities": _listed_vulnerability,
    "Misconfigurations": _any_shape(_misconfiguration),
    "Secrets": _any_shape(_secret),
    "Licenses": _any_shape(_licence),
}
_MODIFIED: Mapping[str, _ValueReader] = {
    "vulnerability": any_vulnerability,
    "misconfiguration": _misconfiguration,
    "secret": _secret,
    "license": _licence,
}
