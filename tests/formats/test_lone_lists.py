"""The list of findings alone, cut out of a report: the same findings, each at its own place, and no complete scan."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tesuri.flows.intake.inspect_reports import inspect, open_report
from tesuri.model.observation import Observation
from tesuri.untrusted.shape import at

_HERE = Path(__file__).parent
_LISTS: Mapping[str, tuple[str | int, ...]] = {
    "bandit/many.json": ("results",),
    "checkov/many.json": ("results", "failed_checks"),
    "gosec/many.json": ("Issues",),
    "grype/many.json": ("matches",),
    "kics/many.json": ("queries",),
    "semgrep/many.json": ("results",),
    "tfsec/many.json": ("results",),
    "trivy/many.json": ("Results", 0, "Vulnerabilities"),
    "gitlab_sast/many.json": ("vulnerabilities",),
}


def _findings(data: object) -> list[Observation]:
    report = open_report(json.dumps(data).encode(), where="r")
    return [record for record in report.records if isinstance(record, Observation)]


@pytest.mark.parametrize("name", _LISTS)
def test_a_lone_list_holds_the_findings_that_its_report_holds_there(name: str) -> None:
    path = _LISTS[name]
    whole = json.loads((_HERE / name).read_bytes())
    start = "".join(f"/{part}" for part in path)
    part = whole[0] if isinstance(whole, list) else whole
    before = "/0" if isinstance(whole, list) else ""
    there = [
        replace(one, pointer=one.pointer.removeprefix(before + start))
        for one in _findings(whole)
        if one.pointer.startswith(before + start + "/")
    ]
    alone = _findings(at(part, *path))
    assert there
    assert [one.pointer for one in alone] == [one.pointer for one in there]
    assert [(one.rule, one.severity) for one in alone] == [
        (one.rule, one.severity) for one in there
    ]


def test_a_lone_list_closes_nothing_by_absence_and_says_what_it_was_taken_for() -> None:
    found = at(json.loads((_HERE / "bandit/one.json").read_bytes()), "results")
    data = json.dumps(found).encode()
    assert not open_report(data, where="r").is_complete
    seen = inspect(data, where="r")
    assert (seen.format, seen.findings) == ("bandit", 1)
    assert seen.detection is not None
    assert seen.detection.signs[0] == "the list results alone"


@pytest.mark.parametrize("document", [[], [1], [[]], [{}], [{"severity": "HIGH"}]])
def test_a_list_that_tells_no_tool_stays_unknown(document: object) -> None:
    assert inspect(json.dumps(document).encode(), where="r").format is None
