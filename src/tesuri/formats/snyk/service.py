"""The answers of Snyk's own service about a project, in the shape that `snyk test` writes.

The test of a manifest nests its lists under `issues`; the aggregated issues of a project are one list of issues that
keep what is known of the flaw under `issueData`; the REST interface lists resources of the type `issue`, also those that are
resolved, and names the package among their coordinates.

**source** https://docs.snyk.io/snyk-api/reference (v1: test, aggregated project issues; REST: issues).
"""

from collections.abc import Mapping

from tesuri.untrusted.shape import at, items, mapping, text, texts


def as_command_writes(document: object) -> object:
    """Give the document with its issues where the command writes them; any other document stays as it is."""
    root = mapping(document)
    nested = root.get("issues")
    if isinstance(nested, dict) and isinstance(nested.get("vulnerabilities"), list):
        found = [*items(nested, "vulnerabilities"), *items(nested, "licenses")]
        return {**root, "vulnerabilities": [_named(entry) for entry in found]}
    if isinstance(nested, list) and any("issueData" in mapping(entry) for entry in nested[:50]):
        return {**root, "vulnerabilities": [_of_issue(entry) for entry in nested]}
    if mapping(root, "data", 0).get("type") == "issue" and "jsonapi" in root:
        return {**root, "vulnerabilities": [_of_resource(entry) for entry in items(root, "data")]}
    return document


def is_answer(document: object) -> bool:
    """Whether a document is one of the service's answers."""
    return as_command_writes(document) is not document


def has_more(document: object) -> bool:
    """Whether the answer names a further page."""
    return bool(text(document, "links", "next"))


def _of_resource(entry: object) -> object:
    about = mapping(entry, "attributes")
    if not about:
        return entry
    named = [*items(about, "problems"), *items(about, "classes")]
    ids = [text(one, "id") for one in named]
    places = (
        mapping(one, "dependency")
        for part in items(about, "coordinates")
        for one in items(part, "representations")
    )
    package = next((place for place in places if place), {})
    return {
        "id": text(about, "key") or text(entry, "id"),
        "type": "license" if text(about, "type") == "license" else "vuln",
        "title": text(about, "title"),
        "description": text(about, "description"),
        "severity": text(about, "effective_severity_level"),
        "packageName": text(package, "package_name"),
        "version": text(package, "package_version"),
        "identifiers": {
            "CVE": [one for one in ids if one.startswith("CVE-")],
            "CWE": [one for one in ids if one.startswith("CWE-")],
        },
        "isIgnored": about.get("ignored") is True,
        "isResolved": text(about, "status") == "resolved",
    }


def _named(entry: object) -> object:
    found = mapping(entry)
    is_named = not found or "packageName" in found or "name" in found
    return entry if is_named else {**found, "packageName": text(found, "package")}


def _of_issue(entry: object) -> object:
    issue = mapping(entry)
    if not issue:
        return entry
    flaw: Mapping[str, object] = mapping(issue, "issueData")
    return {
        **flaw,
        "id": text(flaw, "id") or text(issue, "id"),
        "type": "license" if text(issue, "issueType") == "license" else "vuln",
        "packageName": text(issue, "pkgName"),
        "version": next(iter(texts(issue, "pkgVersions")), ""),
        "fixedIn": at(issue, "fixInfo", "fixedIn"),
        "isIgnored": issue.get("isIgnored") is True or issue.get("isPatched") is True,
        "references": [{"url": text(flaw, "url")}],
    }
