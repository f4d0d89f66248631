"""Dependency-Check's XML report in the shape of its JSON report, so that both are read by one reader.

Every dependency and vulnerability takes its XPath along under `pointer`.
"""

import re
from collections.abc import Mapping

from tesuri.untrusted.xml_document import Element, attribute, child, children, content, contents

_MAVEN_NAME = re.compile(r"\(?([^:()\s]+):([^:()\s]+):([^:()\s]+)\)?")


def as_json_shape(root: Element) -> Mapping[str, object]:
    """Give the mapping that the same version would have written as JSON."""
    exceptions = [part.text.strip() for part in children(root, "scanInfo", "analysisExceptions")]
    found: dict[str, object] = {
        "reportSchema": attribute(root, "xmlns").rpartition("/")[2].removesuffix(".xsd"),
        "scanInfo": {
            "engineVersion": content(root, "scanInfo", "engineVersion"),
            "analysisExceptions": exceptions,
        },
        "projectInfo": _texts_of(child(root, "projectInfo")),
        "dependencies": None,
    }
    if child(root, "dependencies").name:
        found["dependencies"] = [
            _dependency(part) for part in children(root, "dependencies", "dependency")
        ]
    return found


def _dependency(part: Element) -> Mapping[str, object]:
    return {
        **_texts_of(part),
        "pointer": part.pointer,
        "packages": [{"id": name} for name in _packages(child(part, "identifiers"))],
        "vulnerabilities": [
            _vulnerability(found) for found in children(part, "vulnerabilities", "vulnerability")
        ],
        "suppressedVulnerabilities": [
            _vulnerability(found)
            for found in children(part, "vulnerabilities", "suppressedVulnerability")
        ],
    }


def _packages(identifiers: Element) -> list[str]:
    """Give the package URLs; before version 5 a Maven name in brackets stood for one."""
    names = [content(part, "id") for part in children(identifiers, "package")]
    for part in children(identifiers, "identifier"):
        found = _MAVEN_NAME.fullmatch(content(part, "name"))
        if found and attribute(part, "type") == "maven":
            names.append(f"pkg:maven/{found[1]}/{found[2]}@{found[3]}")
    return [name for name in names if name]


def _vulnerability(part: Element) -> Mapping[str, object]:
    return {
        **_texts_of(part),
        "pointer": part.pointer,
        "source": attribute(part, "source"),
        "cvssv2": _texts_of(child(part, "cvssV2")),
        "cvssv3": _texts_of(child(part, "cvssV3")),
        "cvssv4": _texts_of(child(part, "cvssV4")),
        "cwes": list(contents(part, "cwes", "cwe")),
        "references": [_texts_of(found) for found in children(part, "references", "reference")],
        "vulnerableSoftware": [
            {"software": {**found.attributes, "id": found.text.strip()}}
            for found in children(part, "vulnerableSoftware", "software")
        ],
    }


def _texts_of(part: Element) -> dict[str, object]:
    """Give the texts of the children that have no children of their own."""
    return {inner.name: inner.text.strip() for inner in part.children if not inner.children}
