"""The first ten minutes of a new user: the demo in terminal and browser, and the gate that turns strict."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.conftest import Chromium

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
SHOTS = ROOT / "tests" / "shots"
LOOKS = tuple(product(("en", "ja"), ("light", "dark"), (1440, 390)))
PATHS = {
    "week": "/week",
    "findings": "/findings",
    "services": "/services",
    "slos": "/slo",
    "slo": "/slo/out-of-cycle-7d?service=merchant-portal",
    "spent": "/slo/immediate-48h?service=payouts",
}


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo: where it is served, where its files are, what it printed."""

    address: str
    folder: Path
    printed: str

    def tesuri(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "tesuri", "--workspace", str(self.folder), *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(
    address: str, process: subprocess.Popen[str], printed: Path, seconds: int = 120
) -> None:
    for _ in range(seconds * 5):
        if process.poll() is not None:
            pytest.fail(f"The demo ended by itself: {printed.read_text()}")
        try:
            with urllib.request.urlopen(f"{address}/healthz/ready", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            # Not a pause for luck: the server needs seconds to build its company, and says when it is ready.
            time.sleep(0.2)
    pytest.fail("The demo is not ready after two minutes.")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    home = tmp_path_factory.mktemp("home")
    port = free_port()
    printed = home / "printed.txt"
    command = ["make", "-C", str(ROOT), "--no-print-directory", "demo"]
    environ = {**os.environ, "TESURI_WORKSPACE": str(home), "COLUMNS": "160"}
    with printed.open("w") as out:
        process = subprocess.Popen(
            [*command, f"DEMO_OPTIONS=--port {port}"],
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=environ,
            text=True,
            start_new_session=True,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(address, process, printed)
            yield Demo(address, home / ".tesuri" / "demo", printed.read_text())
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGINT)
            process.wait(timeout=30)


@pytest.fixture(scope="module")
def browser(chromium: Chromium) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.executable_path, args=list(chromium.args)
        )
        yield browser
        browser.close()


def complaints(page: Page) -> list[str]:
    found: list[str] = []

    def keep(message: ConsoleMessage) -> None:
        if message.type == "error":
            found.append(message.text)

    page.on("console", keep)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def test_make_demo_prints_the_week_and_how_to_go_on(demo: Demo) -> None:
    assert "things fit this week" in demo.printed
    assert "planned" in demo.printed
    assert "tesuri --workspace" in demo.printed
    assert "tesuri ingest" in demo.printed
    assert "AKIA" not in demo.printed or "AKIA…" in demo.printed


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_the_demo_looks_right_in_a_real_browser(
    demo: Demo, browser: Browser, language: str, theme: str, width: int
) -> None:
    SHOTS.mkdir(exist_ok=True)
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if theme == "dark" else "light",
    )
    page = context.new_page()
    found = complaints(page)
    for name, path in PATHS.items():
        joint = "&" if "?" in path else "?"
        answer = page.goto(f"{demo.address}{path}{joint}lang={language}")
        assert answer is not None
        assert answer.status == 200
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        page.screenshot(path=SHOTS / f"demo-{name}.{language}.{theme}.{width}.png", full_page=True)
    page.goto(f"{demo.address}/week?lang={language}")
    page.locator("table.rows a.do").first.click()
    page.screenshot(path=SHOTS / f"demo-group.{language}.{theme}.{width}.png", full_page=True)
    assert found == []
    context.close()


def test_every_link_of_every_page_leads_somewhere(demo: Demo, browser: Browser) -> None:
    page = browser.new_page()
    seen: set[str] = set()
    for path in PATHS.values():
        page.goto(f"{demo.address}{path}")
        links = page.eval_on_selector_all("a[href]", "all => all.map(each => each.href)")
        seen |= {link.partition("#")[0] for link in links if link.startswith(demo.address)}
    assert len(seen) > 40
    for link in sorted(seen):
        with urllib.request.urlopen(link, timeout=30) as answer:
            assert answer.status == 200, link
    page.close()


def test_the_same_change_passes_while_budget_lasts_and_is_blocked_when_it_is_spent(
    demo: Demo, browser: Browser
) -> None:
    plans = demo.folder / "plans"
    ample = demo.tesuri("check", "plan", str(plans / "open-ssh-checkout-api.json"))
    spent = demo.tesuri("check", "plan", str(plans / "open-ssh-payouts.json"))
    assert (ample.returncode, spent.returncode) == (0, 1), ample.stderr + spent.stderr
    assert "Warns" in ample.stdout
    assert "Ample" in ample.stdout
    assert "Blocks" in spent.stdout
    assert "Spent" in spent.stdout
    assert "payouts" in spent.stdout
    page = browser.new_page()
    page.goto(f"{demo.address}/slo/immediate-48h?service=payouts&lang=en")
    said = page.locator("table", has_text="open-ssh-payouts.json").first.inner_text()
    assert "Blocks" in said
    page.goto(f"{demo.address}/slo/immediate-48h?service=checkout-api&lang=en")
    said = page.locator("table", has_text="open-ssh-checkout-api.json").first.inner_text()
    assert "Warns" in said
    page.close()
