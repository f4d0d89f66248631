"""Remarks as a GitLab code quality report, which merge requests show beside the lines.

**source** https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from collections.abc import Mapping, Sequence
from typing import Final

import orjson

from tesuri.exports.annotations import Annotation, Level, fingerprints
from tesuri.model.severity import Severity

_SEVERITIES: Final = {
    Severity.CRITICAL: "critical",
    Severity.HIGH: "major",
    Severity.MEDIUM: "minor",
    Severity.UNKNOWN: "minor",
    Severity.LOW: "info",
}


def render_gitlab_quality(annotations: Sequence[Annotation]) -> bytes:
    """Give the report as JSON: an array, empty where there is nothing to say.

    The fingerprint leaves the line out, so that a change above it opens nothing again.
    """
    marks = fingerprints(annotations)
    issues = [_issue(one, mark) for one, mark in zip(annotations, marks, strict=True)]
    return orjson.dumps(issues, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _issue(one: Annotation, mark: str) -> Mapping[str, object]:
    return {
        "description": one.message,
        "check_name": one.rule,
        "fingerprint": mark,
        "severity": _severity(one),
        # GitLab wants a path from the root of the repository without ./ before it.
        "location": {"path": _from_root(one.file), "lines": {"begin": one.line or 1}},
    }


def _severity(one: Annotation) -> str:
    if one.level is Level.ERROR:
        return "blocker"
    return "info" if one.level is Level.NOTICE else _SEVERITIES[one.severity]


def _from_root(path: str) -> str:
    return path.removeprefix("./")
