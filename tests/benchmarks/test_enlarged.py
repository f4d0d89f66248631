"""The samples that the benchmark repeats stay reports of their own format, and every format has one."""

import pytest

from benchmarks.enlarged import enlarged, findings_of, sample_paths
from tesuri.flows.intake.inspect_reports import inspect
from tesuri.formats import FORMATS

_PATHS = sample_paths()


def test_every_format_has_a_sample_to_repeat() -> None:
    assert set(_PATHS) == {form.name for form in FORMATS}


@pytest.mark.parametrize("name", ["trivy", "npm-audit-6", "nessus-xml", "generic-csv", "nuclei"])
def test_a_repeated_sample_has_about_so_many_records_of_its_format(name: str) -> None:
    data, records = enlarged(_PATHS[name], 300)
    summary = inspect(data, where="enlarged")
    assert (summary.format, summary.records) == (name, records)
    assert 250 <= records <= 320


def test_half_of_the_findings_and_more_of_every_format_are_findings_of_their_own() -> None:
    for name, path in _PATHS.items():
        data, _ = enlarged(path, 100)
        findings = inspect(data, where="enlarged").findings
        assert findings / 2 <= len(findings_of(data)), name
