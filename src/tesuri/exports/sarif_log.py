"""SARIF 2.1.0 as code scanning takes it: one run with rules, results, and what was left out said in it.

**source** https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from collections.abc import Mapping, Sequence
from typing import Final

import orjson

from tesuri.model.severity import Severity

MOST_RESULTS: Final = 25_000
"""GitHub refuses a run with more."""

# From: https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
# One number inside each of its bands.
_SECURITY_SEVERITIES: Final = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.0",
}
_PLAIN: Final = frozenset(
    b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/:@!$&'()*+,;=~-._"
)
"""What RFC 3986 lets stand in a path."""
_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def render_sarif(
    category: str,
    rules: Sequence[Mapping[str, object]],
    results: Sequence[Mapping[str, object]],
    *,
    version: str,
    notes: Sequence[str] = (),
) -> bytes:
    """Give one run; results come worst first, and those beyond the limit are counted in a note.

    The category is where code scanning keeps the run apart from others of the same tool.
    """
    left = len(results) - MOST_RESULTS
    said = [*notes, *([f"{left} more results are left out."] if left > 0 else [])]
    run = {
        "tool": {"driver": {"name": "Tesuri", "version": version, "rules": rules}},
        "automationDetails": {"id": f"{category}/"},
        "results": results[:MOST_RESULTS],
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [
                    {"level": "warning", "message": {"text": note}} for note in said
                ],
            }
        ],
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def rule_severity(severity: Severity) -> Mapping[str, object]:
    """Give the properties by which code scanning ranks a rule; nothing where nobody knows."""
    score = _SECURITY_SEVERITIES.get(severity)
    return {"security-severity": score, "tags": ["security"]} if score else {"tags": ["security"]}


def location(file: str, line: int, logical: str, kind: str) -> Mapping[str, object]:
    """Give a place: the file, its line where it is known, and the name of what stands there."""
    place: dict[str, object] = {"artifactLocation": {"uri": _uri(file)}}
    if line:
        place["region"] = {"startLine": line}
    return {
        "physicalLocation": place,
        "logicalLocations": [{"fullyQualifiedName": logical, "kind": kind}],
    }


def _uri(path: str) -> str:
    return "".join(
        chr(each) if each in _PLAIN else f"%{each:02X}"
        for each in path.encode("utf-8", "surrogateescape")
    )
