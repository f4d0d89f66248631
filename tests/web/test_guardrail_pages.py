"""The pages of controls and waivers: what reaches the view, what is shown, and what is refused."""

import re

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.web.sample_budgets import NOW
from tests.web.sample_views import SamplePages
from tesuri.model.identifiers import TeamId
from tesuri.model.objective import PolicyState
from tesuri.model.views_guardrails import GuardrailFilter

Client = TestClient[Litestar]


def test_the_words_of_the_address_reach_the_matrix(client: Client, pages: SamplePages) -> None:
    client.get("/guardrails?state=spent&severity=high&framework=cis-aws-3.0&text=ssh&team=payments")

    asked = GuardrailFilter(severity="high", framework="cis-aws-3.0", text="ssh")
    assert pages.asked[-1] == ("guardrails", asked, PolicyState.SPENT, TeamId("payments"), NOW)


def test_without_a_state_the_matrix_is_that_of_now(client: Client, pages: SamplePages) -> None:
    client.get("/guardrails")

    assert pages.asked[-1] == ("guardrails", GuardrailFilter(), None, None, NOW)


def test_the_matrix_names_each_mark_and_says_why_one_cannot(client: Client) -> None:
    text = client.get("/guardrails").text

    assert "1 of 2 controls stop a mistake before it ships" in text
    assert 'aria-label="Blocks; stricter at this policy state"' in text
    assert 'title="a service control policy cannot see it"' in text
    assert "Admin ports are &lt;b&gt;closed&lt;/b&gt; to the world" in text


def test_the_rail_runs_from_the_first_point_that_blocks_to_the_last_that_acts(
    client: Client,
) -> None:
    text = client.get("/guardrails").text
    row = text[text.index("Admin ports") :]
    marks = re.findall(r'<td class="pt w-only([^"]*)"', row)[:7]

    assert marks == ["", " held first", " held", " held", " held", " held", " held lastpt"]


def test_a_facet_adds_its_word_and_takes_it_away_again(client: Client) -> None:
    assert 'href="/guardrails?severity=high"' in client.get("/guardrails").text
    chosen = client.get("/guardrails?severity=high&state=low").text
    assert 'href="/guardrails?state=low" aria-current="true">High' in chosen


def test_reasons_are_in_the_reader_s_language(client: Client) -> None:
    text = client.get("/g/sample-admin-ports?lang=ja").text

    assert "SCP からは見えません" in text
    assert "この管理策はこの適用点を宣言していません" in text
    assert "誰でもパスワードを試せる" in text
    assert "ルールを編集する" in text


def test_a_control_shows_its_cases_as_text_and_its_requirements(client: Client) -> None:
    text = client.get("/g/sample-admin-ports").text

    assert "a: &lt;1&gt;" in text
    assert "“port 22 is open”" in text
    assert "always blocks" in text
    assert 'href="/guardrails?framework=cis-aws-3.0"' in text
    assert 'href="/w/WVR-77"' in text
    assert "port 22 &lt;i&gt;is open&lt;/i&gt;" in text


def test_an_unknown_control_waiver_or_state_is_refused_as_a_page(client: Client) -> None:
    assert client.get("/g/nothing").status_code == 404
    assert client.get("/w/WVR-1").status_code == 404
    for address in ("/guardrails?state=fine", "/waivers?state=fine"):
        refused = client.get(address)
        assert refused.status_code == 400
        assert "Known are" in refused.text


def test_accepted_exposure_is_a_figure_of_its_own(client: Client) -> None:
    text = client.get("/waivers").text

    assert "4 findings are accepted for now" in text
    assert "1 of them is not deployed yet." in text
    assert "1 ends within 7 days" in text
    assert "The bank speaks &lt;u&gt;TLS 1.0&lt;/u&gt; only." in text


def test_waivers_can_be_narrowed_to_a_state(client: Client) -> None:
    text = client.get("/waivers?state=expired").text

    assert 'href="/w/WVR-52"' in text
    assert 'href="/w/WVR-77"' not in text
    assert "1 of 2 shown" in text


def test_a_waiver_says_who_asked_who_approved_and_what_to_look_at(client: Client) -> None:
    text = client.get("/w/WVR-77").text

    assert "WVR-77 leaves 4 findings open until" in text
    assert "Ken Tanaka asked" in text
    assert "Ingrid Solberg approved" in text
    assert "It was renewed 2 times: is the departure the rule?" in text
    assert "Listener accepts TLS 1.0" in text


def test_a_page_of_the_past_keeps_its_time_in_these_links(client: Client) -> None:
    text = client.get("/guardrails?as_of=2026-11-20").text

    assert 'href="/g/sample-admin-ports?as_of=2026-11-20"' in text
    assert 'href="/waivers?as_of=2026-11-20"' in text


def test_frameworks_are_reached_from_the_navigation(client: Client) -> None:
    listed = client.get("/evidence").text

    assert 'href="/evidence" aria-current="page"' in listed
    assert 'href="/evidence/sample-1.0"' in listed
    assert "Sample &lt;i&gt;benchmark&lt;/i&gt; 1.0" in listed
    assert 'href="/evidence/sample-1.0?show=unseen">1</a>' in listed


def test_a_requirement_is_known_as_its_worst_control_is(client: Client) -> None:
    text = client.get("/evidence/sample-1.0").text
    known = re.findall(r'<b>(5\.\d)</b>.*?<span class="tag [a-z]*">([^<]+)</span>', text, re.DOTALL)

    assert "1 of 4 requirements were looked at and have nothing open." in text
    assert known == [
        ("5.1", "Findings open"),
        ("5.2", "Nothing open"),
        ("5.3", "Not observed"),
        ("5.4", "No control"),
    ]
    assert "No configuration shows &lt;who&gt; answers." in text
    assert 'href="/g/sample-admin-ports"' in text


@pytest.mark.parametrize(
    ("word", "shown"), [("open", "5.1"), ("clear", "5.2"), ("unobserved", "5.3"), ("unseen", "5.4")]
)
def test_one_sight_can_be_shown_alone(client: Client, word: str, shown: str) -> None:
    text = client.get(f"/evidence/sample-1.0?show={word}").text
    assert re.findall(r"<b>(5\.\d)</b>", text) == [shown]


def test_evidence_is_in_the_reader_s_language(client: Client) -> None:
    text = client.get("/evidence/sample-1.0?lang=ja").text
    for words in ("サンプル基準 1.0", "証跡", "設定には現れません。", "ルートキーがない"):
        assert words in text


def test_an_unknown_framework_or_sight_is_refused_as_a_page(client: Client) -> None:
    assert client.get("/evidence/nothing").status_code == 404
    refused = client.get("/evidence/sample-1.0?show=all")
    assert (refused.status_code, "Known are" in refused.text) == (400, True)


def test_one_row_of_the_matrix_can_be_open(client: Client, pages: SamplePages) -> None:
    closed = client.get("/guardrails?state=low").text
    assert 'aria-expanded="true"' not in closed
    assert 'href="/guardrails?state=low&amp;open=sample-admin-ports#sample-admin-ports"' in closed

    text = client.get("/guardrails?state=low&open=sample-admin-ports").text
    detail = text[text.index('<tr class="detail">') :]
    assert text.count('aria-expanded="true"') == 1
    assert "“port 22 is open”" in detail
    assert "SCP: a service control policy cannot see it" in detail
    assert "If the budget were worse" in detail
    assert 'href="/guardrails?state=low#sample-admin-ports"' in text


def test_a_row_that_is_not_there_opens_nothing(client: Client) -> None:
    text = client.get("/guardrails?open=nothing").text
    assert '<tr class="detail">' not in text
