"""The pages in a real browser: pictures to look at, no report of the content policy, no overflow."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.conftest import Chromium

pytestmark = pytest.mark.browser

SHOTS = Path(__file__).parents[1] / "shots"
PATHS = {
    "week": "/week",
    "findings": "/findings?q=state:open+severity:critical",
    "group": "/f/GRP-103",
    "services": "/services",
    "slos": "/slo",
    "slo": "/slo/out-of-cycle-7d",
    "guardrails": "/guardrails",
    "guardrail-open": "/guardrails?open=sample-admin-ports",
    "control": "/g/sample-admin-ports",
    "evidence": "/evidence",
    "framework": "/evidence/sample-1.0",
    "waivers": "/waivers",
    "waiver": "/w/WVR-77",
    "missing": "/f/GRP-9",
}
LOOKS = tuple(product(("en", "ja"), ("light", "dark"), (1440, 390)))


@pytest.fixture(scope="module")
def browser(chromium: Chromium) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.executable_path, args=list(chromium.args)
        )
        yield browser
        browser.close()


def _reports(page: Page) -> list[str]:
    """Collect what the console calls an error; a missing page's own status is none."""
    found: list[str] = []

    def keep(message: ConsoleMessage) -> None:
        if message.type == "error" and "status of 404" not in message.text:
            found.append(message.text)

    page.on("console", keep)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_pages_look_right_and_stay_inside_the_window(
    browser: Browser, address: str, language: str, theme: str, width: int
) -> None:
    SHOTS.mkdir(exist_ok=True)
    context = browser.new_context(viewport={"width": width, "height": 900 if width > 760 else 844})
    page = context.new_page()
    reports = _reports(page)
    page.goto(f"{address}/healthz/live?lang={language}")
    context.add_cookies(
        [
            {"name": "tesuri_lang", "value": language, "url": address},
            {"name": "tesuri_theme", "value": theme, "url": address},
        ]
    )
    overflowing = []
    for name, path in PATHS.items():
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(address + path)
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": max(height, 844)})
        page.screenshot(path=SHOTS / f"{name}.{language}.{theme}.{width}.png", full_page=True)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            overflowing.append(name)
    context.close()
    assert reports == []
    assert overflowing == []


@pytest.mark.parametrize("width", [320, 768, 1024, 1280])
def test_no_page_overflows_at_widths_between(browser: Browser, address: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 844})
    overflowing = []
    for name, path in PATHS.items():
        page.goto(address + path + ("&" if "?" in path else "?") + "lang=ja")
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            overflowing.append(name)
    page.close()
    assert overflowing == []


def test_typing_a_query_swaps_the_results_and_keeps_the_focus(
    browser: Browser, address: str
) -> None:
    page = browser.new_page()
    reports = _reports(page)
    page.goto(f"{address}/findings")
    page.locator("#q").press_sequentially("severity:high")
    page.wait_for_url("**/findings?q=severity%3Ahigh")
    assert page.evaluate("document.activeElement.id") == "q"
    assert page.locator("#results table").count() == 1
    assert reports == []
    page.close()


def test_keys_move_through_the_rows_and_open_one(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/week")
    for key in ("j", "j", "k", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url("**/f/GRP-101")
    page.keyboard.press("g")
    page.keyboard.press("w")
    page.wait_for_url("**/week")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.close()


def test_the_theme_changes_without_a_new_page_and_is_kept(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/week")
    page.locator(".end-menu summary").click()
    page.locator('[data-theme-choice="dark"]').click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.goto(f"{address}/slo")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    context.close()


def test_every_page_can_be_read_without_javascript(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/findings")
    page.locator("#q").fill("severity:high")
    page.locator("form.big-query button").click()
    assert page.url.endswith("/findings?q=severity%3Ahigh")
    page.locator('a[hreflang="ja"]').click()
    assert page.locator("html").get_attribute("lang") == "ja"
    context.close()
