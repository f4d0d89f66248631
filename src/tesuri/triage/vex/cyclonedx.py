"""CycloneDX VEX: the analysis of each vulnerability, for each component that it names.

A vulnerability without an analysis states nothing. A range of versions is not evaluated: it is passed over, counted.

**source** https://cyclonedx.org/docs/1.6/json/#vulnerabilities_items_analysis (also 1.4 and 1.5).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from tesuri.model.errors import BadInput
from tesuri.model.observation import Package, Skipped
from tesuri.model.vex import VexDocument, VexStatement, VexStatus
from tesuri.triage.vex.product import package_of
from tesuri.untrusted.advisory import aliases_of
from tesuri.untrusted.instant import instant
from tesuri.untrusted.package_url import package_named
from tesuri.untrusted.shape import at, items, join_pointer, mapping, shape_name, text

_STATUSES: Final = {
    "not_affected": VexStatus.NOT_AFFECTED,
    "false_positive": VexStatus.NOT_AFFECTED,
    "resolved": VexStatus.FIXED,
    "resolved_with_pedigree": VexStatus.FIXED,
    "exploitable": VexStatus.AFFECTED,
    "in_triage": VexStatus.UNDER_INVESTIGATION,
}
# From: https://github.com/openvex/spec (the five justifications); the rest keeps its own word.
_JUSTIFICATIONS: Final = {
    "code_not_present": "vulnerable_code_not_present",
    "code_not_reachable": "vulnerable_code_not_in_execute_path",
    "protected_by_mitigating_control": "inline_mitigations_already_exist",
}
_PACKAGE_TYPES: Final = frozenset({"library", "framework"})
_DEEPEST: Final = 50


@dataclass(frozen=True, slots=True)
class _Part:
    """What a reference means: a package in a product, or the product itself."""

    product: str
    package: Package | None


def read_cyclonedx(document: Mapping[str, object]) -> VexDocument:
    """Give the statements of a document. **raises** BadInput when vulnerabilities are no list."""
    listed = document.get("vulnerabilities", [])
    if not isinstance(listed, list):
        raise BadInput(
            f"vulnerabilities is {shape_name(listed)}, not a list.", where="/vulnerabilities"
        )
    issued_at = instant(at(document, "metadata", "timestamp"))
    parts = _parts(document)
    found = [
        each
        for index, entry in enumerate(listed)
        for each in _statements(
            mapping(entry), join_pointer("/vulnerabilities", index), parts, issued_at
        )
    ]
    return VexDocument(
        format="cyclonedx",
        id=text(document, "serialNumber"),
        author=_author(document),
        issued_at=issued_at,
        statements=tuple(each for each in found if isinstance(each, VexStatement)),
        skipped=tuple(each for each in found if isinstance(each, Skipped)),
    )


def _author(document: Mapping[str, object]) -> str:
    metadata = mapping(document, "metadata")
    names = (
        text(metadata, "authors", 0, "name"),
        text(metadata, "supplier", "name"),
        text(metadata, "manufacture", "name"),
        text(metadata, "manufacturer", "name"),
        text(metadata, "tools", 0, "vendor"),
        text(metadata, "tools", "components", 0, "name"),
    )
    return next((name for name in names if name), "")


def _parts(document: Mapping[str, object]) -> Mapping[str, _Part]:
    """Give what each reference means; a component belongs to the product that holds it."""
    described = mapping(document, "metadata", "component")
    found: dict[str, _Part] = {}
    root = _product_name(described)
    waiting = [(each, root, 0) for each in items(document, "components")]
    waiting += [(each, root, 1) for each in items(described, "components")]
    if name := text(described, "bom-ref"):
        package = package_of(text(described, "purl"))
        found[name] = _Part("" if package else root, package)
    while waiting:
        component, product, depth = waiting.pop()
        package = _package(component)
        own = product if package else _product_name(component)
        if name := text(component, "bom-ref"):
            found[name] = _Part(own, package)
        if depth < _DEEPEST:
            waiting += [(each, own, depth + 1) for each in items(component, "components")]
    return found


def _product_name(component: object) -> str:
    """Give the product's package URL, else its name; ours keep the asset in the reference."""
    reference = text(component, "bom-ref")
    if reference.startswith("urn:tesuri:asset:"):
        return reference
    group, name = text(component, "group"), text(component, "name")
    return text(component, "purl") or (f"{group}/{name}" if group and name else name)


def _package(component: object) -> Package | None:
    version = text(component, "version")
    found = package_of(text(component, "purl"))
    if found is not None:
        return replace(found, version=version or found.version)
    if text(component, "type").lower() not in _PACKAGE_TYPES or not text(component, "name"):
        return None
    return package_named(text(component, "name"), version, namespace=text(component, "group"))


def _statements(
    entry: Mapping[str, object],
    pointer: str,
    parts: Mapping[str, _Part],
    issued_at: datetime | None,
) -> Iterator[VexStatement | Skipped]:
    name = text(entry, "id")
    analysis = mapping(entry, "analysis")
    state = text(analysis, "state").lower()
    if not name:
        yield Skipped(pointer, "the vulnerability has no id")
        return
    if state not in _STATUSES:
        why = f"the state {state[:40]!r} is not one of CycloneDX" if state else "it has no analysis"
        yield Skipped(pointer, why)
        return
    advisories = aliases_of(name, *(text(each, "id") for each in items(entry, "references")))
    justification = text(analysis, "justification").lower()
    stated = VexStatement(
        vulnerability=name,
        status=_STATUSES[state],
        advisories=advisories,
        justification=_JUSTIFICATIONS.get(justification, justification),
        text=text(analysis, "detail") or state.replace("_", " "),
        stated_at=instant(at(analysis, "lastUpdated"))
        or instant(at(entry, "updated"))
        or instant(at(analysis, "firstIssued"))
        or issued_at,
        pointer=pointer,
    )
    affects = items(entry, "affects")
    if not affects:
        yield stated
    for index, affect in enumerate(affects):
        yield from _of_versions(stated, affect, parts, join_pointer(pointer, "affects", index))


def _of_versions(
    stated: VexStatement, affect: object, parts: Mapping[str, _Part], pointer: str
) -> Iterator[VexStatement | Skipped]:
    reference = text(affect, "ref")
    if not reference:
        yield Skipped(pointer, "it does not say what is affected")
        return
    part = _part(reference, parts)
    here = replace(stated, product=part.product, package=part.package, pointer=pointer)
    versions = items(affect, "versions")
    if not versions:
        yield here
    for version in versions:
        number = text(version, "version")
        if not number:
            yield Skipped(pointer, "a range of versions is not evaluated")
            continue
        is_clear = text(version, "status").lower() == "unaffected"
        status = VexStatus.NOT_AFFECTED if is_clear else stated.status
        package = replace(part.package, version=number) if part.package else None
        if package is None:
            yield Skipped(pointer, "the version of a product is not evaluated")
        else:
            yield replace(here, status=status, package=package)


def _part(reference: str, parts: Mapping[str, _Part]) -> _Part:
    # A link into another document: urn:cdx:serial/version#reference.
    own = reference.partition("#")[2] if reference.startswith("urn:cdx:") else reference
    known = parts.get(reference) or parts.get(own)
    if known is not None:
        return known
    package = package_of(own)
    return _Part("", package) if package else _Part(own, None)
