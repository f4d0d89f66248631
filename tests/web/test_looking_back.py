"""Pages that look back: what was shown then, with a way back to now, and no link that forgets the time."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from litestar.testing import TestClient

from tests.cli.company import write_company
from tests.flows.reports import A, B, trivy
from tesuri.flows.intake.ingest_report import IngestOptions
from tesuri.server import create_server
from tesuri.settings import read_settings
from tesuri.web.links import keep_as_of
from tesuri.wiring.site import Site, followed

MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


class Company:
    def __init__(self, folder: Path) -> None:
        write_company(folder)
        self.now = MONDAY
        settings = read_settings({"TESURI_WORKSPACE": str(folder)}, folder)
        self.site = Site(settings, clock=lambda: self.now)
        app = create_server(followed(self.site, print))
        self.client = TestClient(app, base_url="http://127.0.0.1")

    def scan(self, *flaws: object) -> None:
        data = trivy(*flaws, at=self.now)  # type: ignore[arg-type] # flaws of tests.flows.reports
        self.site.ingest(data, where="scan.json", options=IngestOptions())

    def page(self, path: str) -> str:
        answer = self.client.get(path, headers={"accept": "text/html"})
        assert answer.status_code == 200, answer.text
        return answer.text


@pytest.fixture
def company(tmp_path: Path) -> Company:
    made = Company(tmp_path)
    made.scan(A)
    made.now += 3 * DAY
    made.scan(A, B)
    return made


@pytest.mark.parametrize("path", ["/week", "/findings", "/services", "/slo"])
def test_every_page_looks_back(company: Company, path: str) -> None:
    now, then = company.page(path), company.page(f"{path}?as_of=2026-11-17")
    assert "17 Nov 23:59" in then
    assert "Back to now" in then
    assert "Back to now" not in now


def test_what_came_later_is_not_there(company: Company) -> None:
    assert "FND-2" in company.page("/findings")
    then = company.page("/findings?as_of=2d")
    assert "FND-1" in then
    assert "FND-2" not in then


def test_every_own_link_of_a_past_page_keeps_the_time_and_one_leads_back(company: Company) -> None:
    page = company.page("/week?as_of=2d")
    own = re.findall(r'href="(/(?:week|findings|services|slo|f/)[^"]*)"', page)
    back = [link for link in own if "as_of=2d" not in link]
    assert len(own) > 5
    assert back == ["/week"]
    assert '<input type="hidden" name="as_of" value="2d">' in page


def test_a_finding_of_then_leads_to_its_group_of_then(company: Company) -> None:
    answer = company.client.get("/f/FND-1?as_of=2d", follow_redirects=False)
    assert answer.headers["location"].endswith("?as_of=2d#FND-1")
    assert company.client.get("/f/FND-2?as_of=2d").status_code == 404


@pytest.mark.parametrize(
    ("asked", "said"), [("tomorrow", "is no time"), ("2027-01-01", "lies in the future")]
)
def test_no_time_is_one_sentence(company: Company, asked: str, said: str) -> None:
    answer = company.client.get(f"/week?as_of={asked}", headers={"accept": "text/html"})
    assert answer.status_code in {400, 422}
    assert said in answer.text


def test_before_the_first_record_there_is_nothing(company: Company) -> None:
    assert "FND-1" not in company.page("/findings?as_of=2026-01-01")


def test_a_time_that_is_no_address_stays_a_value() -> None:
    page = (
        '<form action="/findings"><a href="/week#top">x</a><a href="https://a.example/week">y</a>'
    )
    kept = keep_as_of(page, '7d" onclick="x')
    assert 'onclick="x' not in kept
    assert '<a href="/week?as_of=7d%22+onclick%3D%22x#top">' in kept
    assert '<a href="https://a.example/week">' in kept
