"""What leaves the server whatever is asked: headers, errors, health, static files."""

import logging
from datetime import datetime

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.web.sample_budgets import NOW
from tests.web.sample_views import SamplePages
from tesuri.model.errors import Pending, Unavailable
from tesuri.model.identifiers import TeamId
from tesuri.model.views import Shell
from tesuri.model.views_services import ServicesView
from tesuri.model.views_slo import SloListView
from tesuri.web.app import WebSettings, create_app
from tesuri.web.assets import load_assets

Client = TestClient[Litestar]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


class BrokenPages(SamplePages):
    """A store that is away for one page, and a defect in another."""

    def slos(self, team: TeamId | None, now: datetime) -> SloListView:
        super().slos(team, now)
        raise Unavailable("The database file is locked.", remedy="Stop the other process.")

    def services(self, team: TeamId | None, now: datetime) -> ServicesView:
        super().services(team, now)
        raise ZeroDivisionError("secret-looking text")


class EarlyPages(SamplePages):
    """A server whose first figures are not made yet."""

    def is_prepared(self) -> bool:
        return False

    def shell(self, team: TeamId | None, now: datetime) -> Shell:
        super().shell(team, now)
        raise Pending("Tesuri has just begun.", remedy="Try again.")


@pytest.fixture
def early() -> Client:
    settings = WebSettings(clock=lambda: NOW, hosts=["testserver.local"])
    return TestClient(create_app(EarlyPages(), settings=settings))


@pytest.fixture
def broken() -> Client:
    settings = WebSettings(clock=lambda: NOW, hosts=["testserver.local"])
    return TestClient(create_app(BrokenPages(), settings=settings), raise_server_exceptions=False)


@pytest.mark.parametrize("path", ["/week", "/nothing", "/healthz/live", "/static/nothing.css"])
def test_every_answer_carries_the_content_policy(client: Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_another_host_name_is_refused(client: Client) -> None:
    answer = client.get("/week", headers={"Host": "rebound.example"})
    assert answer.status_code == 421
    assert answer.headers["content-security-policy"] == POLICY
    assert "not one that Tesuri serves" in answer.text


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:8080", "LOCALHOST"])
def test_loopback_names_are_served_by_default_whatever_the_port(host: str) -> None:
    with TestClient(create_app(SamplePages())) as client:
        assert client.get("/healthz/live", headers={"Host": host}).status_code == 200


def test_a_missing_page_says_so_in_the_reader_s_language(client: Client) -> None:
    answer = client.get("/f/FND-9", params={"lang": "ja"})
    assert answer.status_code == 404
    assert "ページが見つかりません" in answer.text


def test_a_program_gets_a_problem_document(client: Client) -> None:
    answer = client.get("/nothing", headers={"Accept": "application/json"})
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404
    assert answer.json()["title"] == "There is no such page"


def test_a_store_that_is_away_is_told_with_its_remedy(broken: Client) -> None:
    answer = broken.get("/slo")
    assert answer.status_code == 503
    assert "The database file is locked. Stop the other process." in answer.text


def test_who_comes_too_early_is_told_so_and_when_to_come_back(early: Client) -> None:
    page = early.get("/week", params={"lang": "ja"})
    assert page.status_code == 503
    assert "最初の数値を作成中です" in page.text
    assert page.headers["retry-after"] == page.headers["refresh"] == "5"
    document = early.get("/week", headers={"Accept": "application/json"})
    assert document.headers["retry-after"] == "5"
    assert document.json()["title"] == "The first figures are being made"
    assert early.get("/healthz/live").status_code == 200
    ready = early.get("/healthz/ready")
    assert (ready.status_code, ready.text) == (503, "the first figures are being made\n")


def test_a_defect_is_logged_and_tells_nothing_of_its_inside(
    broken: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "tesuri.web"):
        answer = broken.get("/services")
    assert answer.status_code == 500
    assert "secret-looking" not in answer.text
    assert "Traceback" not in answer.text
    assert "GET /services failed" in caplog.text


def test_a_method_that_no_page_has_is_told(client: Client) -> None:
    assert client.post("/week").status_code == 405


def test_health_is_alive_and_ready_only_with_the_store(client: Client, pages: SamplePages) -> None:
    assert client.get("/healthz/live").text == "live\n"
    assert client.get("/healthz/ready").status_code == 200
    pages.ready = False
    assert client.get("/healthz/ready").status_code == 503


def test_static_files_are_named_by_their_content_and_kept_for_ever(client: Client) -> None:
    assets = load_assets()
    answer = client.get(assets.url("tesuri.css"))
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert client.get("/static/tesuri.css").status_code == 404
    assert client.get("/static/..%2Fapp.py").status_code == 404


def test_pages_are_not_kept_by_shared_caches(client: Client) -> None:
    assert client.get("/week").headers["cache-control"] == "private, no-store"


def test_our_own_script_stays_small_and_asks_no_other_site() -> None:
    assets = load_assets()
    script = assets.by_name[assets.names["tesuri.js"]].body
    style = assets.by_name[assets.names["tesuri.css"]].body
    assert len(script) < 15_000
    more = assets.by_name[assets.names["controls.css"]].body
    assert len(style) < 30_000
    assert len(more) < 6_000
    assert b"//" not in style + more
    assert b"http" not in script + style + more
