import pytest

from benchmarks.generated import REPORTS, plan
from tesuri.flows.intake.inspect_reports import inspect, open_report
from tesuri.model.observation import Report


@pytest.mark.parametrize("name", REPORTS)
def test_a_generated_report_is_read_as_its_format_with_every_record(name: str) -> None:
    summary = inspect(REPORTS[name](501), where="generated.json")
    assert (summary.error, summary.format, summary.findings) == (None, name, 501)


@pytest.mark.parametrize("name", REPORTS)
def test_a_generated_report_is_the_same_at_every_run_and_differs_by_day(name: str) -> None:
    make = REPORTS[name]
    assert make(20) == make(20)
    assert make(20) != make(20, day=2)


def test_a_generated_plan_has_so_many_resources() -> None:
    assert plan(7).count(b'"mode":"managed"') == 7


@pytest.mark.parametrize("name", REPORTS)
def test_another_scan_of_the_same_records_has_the_same_digests(name: str) -> None:
    made = [REPORTS[name](300, day=day) for day in (1, 2)]
    first, second = (_digests(open_report(data, where="generated.json")) for data in made)
    assert first == second
    assert len(first) == 300


def _digests(report: Report) -> list[bytes]:
    assert report.slices is not None
    return [digest for batch in report.slices.batches() for digest in batch.digests]
