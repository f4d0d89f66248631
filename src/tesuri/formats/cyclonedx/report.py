"""CycloneDX: components are inventory, each vulnerability is one finding for each component that it affects.

An analysis of not affected, false positive or resolved suppresses. An inventory without vulnerabilities says nothing of
their absence, because generators write an empty list too: then the report counts as incomplete.
"""

from collections.abc import Iterator, Mapping

from tesuri.formats.cyclonedx.vulnerability import vulnerability_records
from tesuri.formats.cyclonedx.xml_form import as_json_shape, namespace_of
from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.inventory import SeenComponent
from tesuri.model.observation import Informational, Record, Report, Skipped
from tesuri.untrusted.instant import instant
from tesuri.untrusted.package_url import package_from_purl
from tesuri.untrusted.shape import at, items, join_pointer, mapping, shape_name, text
from tesuri.untrusted.xml_document import Element

_INVENTORIES = {"components": "a component", "services": "a service"}


def _recognise(document: object) -> Likeness:
    if isinstance(document, Element):
        is_named = "cyclonedx.org/schema/bom" in namespace_of(document)
        is_bom = document.name == "bom"
        score = (
            100 if is_bom and is_named else 60 if is_bom and "version" in document.attributes else 0
        )
        return Likeness(score, ("bom in the namespace of CycloneDX",))
    root = mapping(document)
    if text(root, "bomFormat") == "CycloneDX":
        return Likeness(100, ("bomFormat is CycloneDX",))
    is_alike = "specVersion" in root and isinstance(root.get("components"), list)
    return Likeness(70 if is_alike else 0, ("specVersion", "components"))


def _read(document: object) -> Report:
    root = as_json_shape(document) if isinstance(document, Element) else mapping(document)
    if not root:
        raise BadInput(f"A CycloneDX document is a mapping, not {shape_name(document)}.")
    tool = _tool(root)
    has_both = bool(items(root, "components")) and bool(items(root, "vulnerabilities"))
    return Report(
        format="cyclonedx",
        version=text(root, "specVersion"),
        tool=text(tool, "name").lower() or "cyclonedx",
        tool_version=text(tool, "version"),
        target=_target(mapping(root, "metadata", "component")),
        configuration="",
        scanned_at=instant(at(root, "metadata", "timestamp")),
        records=_records(root),
        is_complete=has_both,
        is_inventory=bool(items(root, "components")),
    )


def _tool(root: Mapping[str, object]) -> Mapping[str, object]:
    """Give the tool that wrote the document: a list until 1.4, components of `tools` since 1.5."""
    return mapping(root, "metadata", "tools", 0) or mapping(
        root, "metadata", "tools", "components", 0
    )


def _target(component: Mapping[str, object]) -> str:
    """Give what is described, without its version: the next release is the same asset."""
    group, name = text(component, "group"), text(component, "name")
    return f"{group}/{name}" if group and name else name


def _records(root: Mapping[str, object]) -> Iterator[Record]:
    known: dict[str, Mapping[str, object]] = {}
    _remember(root.get("metadata"), known)
    for key, what in _INVENTORIES.items():
        yield from _inventory(root, "", key, what, known)
    found = root.get("vulnerabilities")
    if found is not None and not isinstance(found, list):
        yield Skipped("/vulnerabilities", f"vulnerabilities is {shape_name(found)}, not a list")
    for index, entry in enumerate(items(found)):
        pointer = text(entry, "pointer") or join_pointer("/vulnerabilities", index)
        yield from vulnerability_records(entry, pointer, known)


def _remember(owner: object, known: dict[str, Mapping[str, object]]) -> None:
    """Note the described component, which a VEX document names as affected."""
    component = mapping(owner, "component")
    if name := text(component, "bom-ref"):
        known[name] = component


def _inventory(
    root: Mapping[str, object],
    pointer: str,
    key: str,
    what: str,
    known: dict[str, Mapping[str, object]],
) -> Iterator[Record]:
    """Give one record for each entry and for those inside it, and note them by their reference."""
    waiting = [(root, pointer)]
    while waiting:
        owner, place = waiting.pop()
        listed = owner.get(key)
        if listed is not None and not isinstance(listed, list):
            yield Skipped(join_pointer(place, key), f"{key} is {shape_name(listed)}, not a list")
        for index, entry in enumerate(items(listed)):
            here = text(entry, "pointer") or join_pointer(place, key, index)
            if not isinstance(entry, dict):
                yield Skipped(here, f"{what} is {shape_name(entry)}, not a mapping")
                continue
            yield Informational(here, f"inventory: {what}", _seen(entry))
            if name := text(entry, "bom-ref"):
                known[name] = entry
            waiting.append((entry, here))


def _seen(entry: Mapping[str, object]) -> SeenComponent | None:
    """Give what a component is; None for files and whatever else has no name of its own."""
    name, kind = text(entry, "name"), text(entry, "type").lower()
    package = package_from_purl(text(entry, "purl"), text(entry, "version"))
    if kind == "file" or not (name or package):
        return None
    if package is None:
        return SeenComponent(name, text(entry, "version"), kind, namespace=text(entry, "group"))
    return SeenComponent(package.name, package.version, kind, package.ecosystem, package.namespace)


FORMAT = Format(
    name="cyclonedx",
    title="CycloneDX",
    documents=("json", "xml"),
    recognise=_recognise,
    read=_read,
)
