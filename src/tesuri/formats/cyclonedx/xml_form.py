"""CycloneDX XML in the shape of its JSON, so that both are read by one reader.

It knows the vulnerabilities of 1.4 and later, and the extension that stood inside components or beside them before.
Entries take their XPath along under `pointer`.
"""

from collections.abc import Mapping

from tesuri.untrusted.xml_document import Element, attribute, child, children, content, contents

_Shape = dict[str, object]


def as_json_shape(root: Element) -> Mapping[str, object]:
    """Give the mapping that the same content has as CycloneDX JSON."""
    metadata = child(root, "metadata")
    listed = [_vulnerability(part) for part in children(root, "vulnerabilities", "vulnerability")]
    inside = [
        _vulnerability(part, owner=component)
        for component in _all_components(root)
        for part in children(component, "vulnerabilities", "vulnerability")
    ]
    shape: _Shape = {
        "bomFormat": "CycloneDX",
        "specVersion": namespace_of(root).rpartition("/")[2],
        "metadata": {
            "timestamp": content(metadata, "timestamp"),
            "tools": _tools(child(metadata, "tools")),
            "component": _component(child(metadata, "component")),
        },
        "components": [_component(part) for part in children(root, "components", "component")],
        "services": [_texts_of(part) for part in children(root, "services", "service")],
    }
    if listed or inside or child(root, "vulnerabilities").name:
        shape["vulnerabilities"] = [*listed, *inside]
    return shape


def namespace_of(root: Element) -> str:
    """Give the namespace of the document, whichever prefix it has; empty where it names none."""
    declared = (value for name, value in root.attributes.items() if name.startswith("xmlns"))
    return next((value for value in declared if "cyclonedx.org/schema/bom" in value), "")


def _tools(tools: Element) -> list[object]:
    named = [*children(tools, "tool"), *children(tools, "components", "component")]
    return [_texts_of(part) for part in named]


def _all_components(root: Element) -> list[Element]:
    waiting = list(children(root, "components", "component"))
    found: list[Element] = []
    while waiting:
        component = waiting.pop(0)
        found.append(component)
        waiting += children(component, "components", "component")
    return found


def _component(part: Element) -> _Shape:
    inner = [_component(below) for below in children(part, "components", "component")]
    places = [_texts_of(place) for place in children(part, "evidence", "occurrences", "occurrence")]
    properties = [
        {"name": attribute(entry, "name"), "value": entry.text.strip()}
        for entry in children(part, "properties", "property")
    ]
    shape = _texts_of(part)
    shape["bom-ref"] = _reference(part)
    shape["type"] = attribute(part, "type")
    shape["components"] = inner
    shape["properties"] = properties
    shape["evidence"] = {"occurrences": places}
    return shape


def _reference(component: Element) -> str:
    return attribute(component, "bom-ref") or component.pointer


def _vulnerability(part: Element, owner: Element | None = None) -> _Shape:
    affects = [_affect(target) for target in children(part, "affects", "target")]
    if owner is not None:
        affects = [{"ref": _reference(owner)}]
    elif attribute(part, "ref") and not affects:
        affects = [{"ref": attribute(part, "ref")}]
    analysis = child(part, "analysis")
    return {
        **_texts_of(part),
        "source": _source(part),
        "references": [
            {"id": content(entry, "id")} for entry in children(part, "references", "reference")
        ],
        "ratings": [_rating(entry) for entry in children(part, "ratings", "rating")],
        "cwes": list(contents(part, "cwes", "cwe")),
        "recommendation": content(part, "recommendation")
        or " ".join(contents(part, "recommendations", "recommendation")),
        "advisories": [
            {"url": content(entry, "url") or entry.text.strip()}
            for entry in children(part, "advisories", "advisory")
        ],
        "analysis": _texts_of(analysis) if analysis.name else {},
        "affects": affects,
    }


def _source(part: Element) -> _Shape:
    source = child(part, "source")
    return {
        "name": content(source, "name") or attribute(source, "name"),
        "url": content(source, "url"),
    }


def _rating(part: Element) -> _Shape:
    base = content(part, "score", "base")
    return {**_texts_of(part), "source": _source(part), **({"score": base} if base else {})}


def _affect(target: Element) -> _Shape:
    versions = [_texts_of(entry) for entry in children(target, "versions", "version")]
    return {"ref": content(target, "ref"), "versions": versions}


def _texts_of(part: Element) -> _Shape:
    """Give the texts of the children that have no children of their own, and where the element stands."""
    shape: _Shape = {
        inner.name: inner.text.strip() for inner in part.children if not inner.children
    }
    shape["pointer"] = part.pointer
    return shape
