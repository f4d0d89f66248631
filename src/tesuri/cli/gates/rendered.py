"""A gate's answer in its formats beside the table and CSV, and how several reports become one document."""

from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import Final

import orjson

from tesuri.cli.gates.formats import GateFormat
from tesuri.exports.annotations import gate_annotations
from tesuri.exports.gate_atlantis import render_gate_atlantis
from tesuri.exports.gate_conftest import render_gate_conftest
from tesuri.exports.gate_json import render_gate_json
from tesuri.exports.gate_junit import render_gate_junit
from tesuri.exports.gate_markdown import render_gate_markdown
from tesuri.exports.gate_sarif import render_gate_sarif
from tesuri.exports.github_commands import render_github_commands
from tesuri.exports.gitlab_quality import render_gitlab_quality
from tesuri.model.control import Control, GateReport


def rendered(reports: Sequence[GateReport], form: GateFormat, controls: Sequence[Control]) -> str:
    """Give the reports in a format that is neither a table nor CSV; JSON is an array of them."""
    if form is GateFormat.SARIF:
        return _sarif(reports, controls)
    return _RENDERERS[form](reports)


def _sarif(reports: Sequence[GateReport], controls: Sequence[Control]) -> str:
    known = {control.id: control for control in controls}
    return render_gate_sarif(reports, version=version("tesuri"), controls=known).decode()


def _json(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n"


def _json_lines(reports: Sequence[GateReport]) -> str:
    return "".join(orjson.dumps(_document(report)).decode() + "\n" for report in reports)


def _markdown(reports: Sequence[GateReport]) -> str:
    return "\n".join(render_gate_markdown(report) for report in reports)


def _document(report: GateReport) -> Mapping[str, object]:
    found: Mapping[str, object] = orjson.loads(render_gate_json(report))
    return found


def _united_junit(reports: Sequence[GateReport]) -> str:
    """Give one document with a suite for each file."""
    documents = [render_gate_junit(each) for each in reports]
    if len(documents) == 1:
        return documents[0]
    suites = ["".join(each.partition("<testsuite ")[1:]) for each in documents]
    inner = "".join(each.partition("</testsuites>")[0] for each in suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n{inner}</testsuites>\n'


_RENDERERS: Final[Mapping[GateFormat, Callable[[Sequence[GateReport]], str]]] = {
    GateFormat.JSON: lambda reports: _json([_document(report) for report in reports]),
    GateFormat.JSONL: _json_lines,
    GateFormat.MARKDOWN: _markdown,
    GateFormat.JUNIT: _united_junit,
    GateFormat.GITHUB: lambda reports: render_github_commands(gate_annotations(reports)),
    GateFormat.GITLAB: lambda reports: render_gitlab_quality(gate_annotations(reports)).decode(),
    GateFormat.ATLANTIS: render_gate_atlantis,
    GateFormat.CONFTEST_JSON: lambda reports: render_gate_conftest(reports).decode(),
}
