import re
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.web.sample_budgets import BURN_DOWN, NOW, SLO
from tests.web.sample_findings import GROUP, NOTHING_MATCHES, NOTHING_YET
from tests.web.sample_views import WEEK, SamplePages
from tesuri.model.finding import State, Work
from tesuri.model.identifiers import GroupKey, TeamId
from tesuri.model.objective import PolicyState
from tesuri.model.severity import Severity
from tesuri.model.views import Coverage, LateNow
from tesuri.model.views_findings import GroupView
from tesuri.model.views_services import ServicesView
from tesuri.model.views_slo import OnTime, SloKey, SloListView, SloView
from tesuri.web.app import WebSettings, create_app

PATHS = (
    "/week",
    "/findings",
    "/f/GRP-103",
    "/services",
    "/slo",
    "/slo/out-of-cycle-7d",
    "/guardrails",
    "/g/sample-admin-ports",
    "/waivers",
    "/w/WVR-77",
    "/f/GRP-404",
)
Client = TestClient[Litestar]


class Elements(HTMLParser):
    """Collects tags with their attributes, and the ids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("language", ["en", "ja"])
class TestEveryPage:
    def test_has_no_inline_style_or_script(self, visitor: Client, path: str, language: str) -> None:
        page = Elements(visitor.get(path, params={"lang": language}).text)
        for tag, attributes in page.found:
            assert tag != "style"
            assert not [name for name in attributes if name == "style" or name.startswith("on")]
            assert tag != "script" or attributes.get("src")

    def test_leads_nowhere_that_does_not_exist(
        self, visitor: Client, path: str, language: str
    ) -> None:
        page = Elements(visitor.get(path, params={"lang": language}).text)
        ids = {attributes.get("id") for _, attributes in page.found}
        links = {attributes["href"] or "" for attributes in page.named("a")}
        assert {link for link in links if link.startswith("#") and link[1:] not in ids} == set()
        ours = {link for link in links if link.startswith("/")}
        known = re.compile(
            r"/(week|findings|services|slo|guardrails|waivers|evidence|g/sample-[a-z-]+|w/WVR-\d+|f/(GRP|FND)-\d+)"
            r"([/?#].*)?$"
        )
        assert {link for link in ours if not known.match(link)} == set()

    def test_has_no_id_twice(self, visitor: Client, path: str, language: str) -> None:
        text = visitor.get(path, params={"lang": language}).text
        ids = [attributes["id"] for _, attributes in Elements(text).found if "id" in attributes]
        assert sorted(ids, key=str) == sorted(set(ids), key=str)

    def test_gives_every_table_a_caption_and_every_heading_cell_a_scope(
        self, visitor: Client, path: str, language: str
    ) -> None:
        page = Elements(visitor.get(path, params={"lang": language}).text)
        assert len(page.named("table")) == len(page.named("caption"))
        assert all(cell.get("scope") in {"col", "rowgroup"} for cell in page.named("th"))

    def test_says_its_language(self, visitor: Client, path: str, language: str) -> None:
        page = Elements(visitor.get(path, params={"lang": language}).text)
        assert page.named("html")[0]["lang"] == language


def test_the_first_page_is_this_week(client: Client) -> None:
    answer = client.get("/", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/week")


def test_a_title_from_a_scanner_is_text_and_never_markup(client: Client) -> None:
    text = client.get("/findings").text
    assert "Bucket &lt;b&gt;statements&lt;/b&gt; is public" in text
    assert "<b>statements" not in text


def test_a_query_is_shown_again_as_text(client: Client) -> None:
    text = client.get("/findings", params={"q": '"><script>'}).text
    assert 'value="&#34;&gt;&lt;script&gt;"' in text


def test_htmx_gets_the_results_alone(client: Client) -> None:
    part = client.get("/findings", headers={"HX-Request": "true"})
    assert part.text.lstrip().startswith('<div id="results">')
    assert "HX-Request" in part.headers["vary"]


def test_the_cursor_and_the_query_reach_the_view(client: Client, pages: SamplePages) -> None:
    client.get("/findings", params={"q": "is:unowned", "after": "MTIz", "team": "payments"})
    assert pages.asked[-1] == ("findings", "is:unowned", "MTIz", TeamId("payments"), NOW)


def test_the_team_is_kept_for_the_next_page_and_can_be_dropped(
    client: Client, pages: SamplePages
) -> None:
    client.get("/week?team=payments")
    client.get("/slo")
    assert pages.asked[-1] == ("slos", TeamId("payments"), NOW)
    client.get("/slo?team=")
    assert pages.asked[-1][1] is None


def test_the_browser_s_language_is_taken_and_the_choice_is_kept(client: Client) -> None:
    japanese = {"Accept-Language": "ja-JP,ja;q=0.9,en;q=0.8"}
    assert '<html lang="ja"' in client.get("/week", headers=japanese).text
    client.get("/week?lang=en")
    assert '<html lang="en"' in client.get("/week", headers=japanese).text


def test_the_theme_is_kept_and_nonsense_is_ignored(client: Client) -> None:
    client.get("/week?theme=dark")
    assert 'data-theme="dark"' in client.get("/week").text
    assert "data-theme=" not in client.get("/week?theme=pink").text


def test_hidden_rows_are_counted_and_lead_to_their_rows(client: Client) -> None:
    text = client.get("/findings").text
    assert 'href="/findings?q=has%3Awaiver">5 waived</a> by WVR-70' in text


def test_a_wrong_query_is_explained(client: Client, pages: SamplePages) -> None:
    pages.found = NOTHING_MATCHES
    text = client.get("/findings?q=sevrity:high").text
    assert "There is no field sevrity." in text
    assert "Nothing matches" in text


def test_an_empty_installation_says_what_to_do_next(client: Client, pages: SamplePages) -> None:
    pages.found = NOTHING_YET
    pages.this_week = replace(
        WEEK,
        planned=(),
        later=(),
        later_total=0,
        budgets=(),
        late=LateNow(0, 0, 0, 0),
        coverage=Coverage(0, 0, 0),
    )
    for path in ("/findings", "/week"):
        text = client.get(path).text
        assert "No report was taken in yet" in text
        assert "tesuri ingest" in text


def test_a_finding_leads_to_its_line_in_its_group(client: Client) -> None:
    answer = client.get("/f/fnd-1234", follow_redirects=False)
    assert answer.headers["location"] == "/f/GRP-103#FND-1234"
    assert 'id="FND-1234"' in client.get("/f/GRP-103").text


def test_the_decision_shows_every_answer_and_its_default(client: Client) -> None:
    text = client.get("/f/GRP-103").text
    for words in ("public exploit", "very high", "row 63 of 72", "1 answer is a default."):
        assert words in text


def test_facets_add_and_take_away_a_term(client: Client) -> None:
    text = client.get("/findings?q=severity:critical").text
    assert 'href="/findings?q=severity%3Acritical+severity%3Ahigh"' in text
    assert re.search(r'href="/findings" aria-current="true">Critical', text)


class SparsePages(SamplePages):
    """The same pages with everything left out that may be missing."""

    def group(self, key: GroupKey, now: datetime) -> GroupView | None:
        super().group(key, now)
        return GroupView(
            key=key,
            do=GROUP.do,
            title="T",
            severity=Severity.UNKNOWN,
            work=Work.NEW,
            state=State.OPEN if key % 2 else State.FIXED,
            rows=(),
            total=0,
            first_seen_at=NOW,
            closed_at=None if key % 2 else NOW,
        )

    def services(self, team: TeamId | None, now: datetime) -> ServicesView:
        super().services(team, now)
        return ServicesView(rows=())

    def slos(self, team: TeamId | None, now: datetime) -> SloListView:
        super().slos(team, now)
        return SloListView(rows=())

    def slo(self, key: SloKey, team: TeamId | None, now: datetime) -> SloView | None:
        super().slo(key, team, now)
        return SloView(
            objective=replace(SLO.objective, agreed_by="", review_on=None),
            budget=replace(SLO.budget, state=PolicyState.UNKNOWN, zero_at=None, owner=""),
            state_reason="Nobody knows which assets were scanned.",
            on_time=OnTime(0, 0),
            burn_down=replace(BURN_DOWN, points=(), if_nothing_closed=(), zero_at=None),
        )


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("path", ["/f/GRP-1", "/f/GRP-2", "/services", "/slo", "/slo/any"])
def test_pages_say_what_is_missing_instead_of_failing(path: str, language: str) -> None:
    settings = WebSettings(clock=lambda: NOW, hosts=["testserver.local"])
    with TestClient(create_app(SparsePages(), settings=settings)) as client:
        answer = client.get(path, params={"lang": language})
    assert answer.status_code == 200
    assert "None<" not in answer.text.replace(">None<", "><")


def test_an_unknown_budget_draws_no_line() -> None:
    settings = WebSettings(clock=lambda: NOW, hosts=["testserver.local"])
    with TestClient(create_app(SparsePages(), settings=settings)) as client:
        text = client.get("/slo/any").text
    assert "so no line is drawn" in text
    assert "g-line" not in text
