"""The answers of Snyk's own service about a project, in the shape that `snyk test` writes.

The test of a manifest nests its lists under `issues`; the aggregated issues of a project are one list of issues that
keep what is known of the flaw under `issueData`.

**source** https://docs.snyk.io/snyk-api/reference (v1: test, aggregated project issues).
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
    return document


def is_answer(document: object) -> bool:
    """Whether a document is one of the service's answers."""
    return "issues" in mapping(document) and as_command_writes(document) is not document


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
