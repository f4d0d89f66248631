"""Looking back on the command line: nine days ago two findings came in, three days ago a KEV list named one."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Ask
from tesuri.flows.intake.ingest_report import IngestOptions
from tesuri.settings import read_settings
from tesuri.wiring.site import Site

NOW = datetime.now(UTC).replace(microsecond=0)
NINE, THREE = (NOW - timedelta(days=days) for days in (9, 3))
BEFORE = "5d"
"""Between the two."""


@pytest.fixture
def ask_later(ask: Ask, folder: Path) -> Ask:
    """Run a command on what was recorded nine and three days ago."""
    settings = read_settings({"TESURI_WORKSPACE": str(folder)}, folder)
    for at, name in ((NINE, "b.json"), (THREE, "kev.json")):
        site = Site(settings, clock=lambda at=at: at)  # type: ignore[misc]  # each its own time
        data = (folder / name).read_bytes()
        if name == "kev.json":
            site.load_feed(data, where=name, as_of=THREE.date())
        else:
            site.ingest(data, where=name, options=IngestOptions())
        site.close()
    return ask


def the_finding(ask: Ask, *arguments: str) -> dict[str, object]:
    (line,) = ask("findings", *arguments, "--format", "jsonl").out.splitlines()
    found: dict[str, object] = json.loads(line)
    return found


def test_findings_as_of_then_have_the_priority_of_then_and_say_what_changed(ask_later: Ask) -> None:
    then, now = the_finding(ask_later, "--as-of", BEFORE), the_finding(ask_later)
    assert [each["outcome"] for each in (then, now)] == ["out-of-cycle", "immediate"]
    assert [each["is_exploited"] for each in (then, now)] == [False, True]
    told = ask_later("findings", "--as-of", BEFORE).out
    assert told.startswith("As of 2")
    assert "Changed since: 1 decided otherwise\n" in told
    assert "listed since: CVE-2026-1234\n" in told


def test_json_names_the_time_and_every_change(ask_later: Ask) -> None:
    found = ask_later("week", "--as-of", BEFORE, "--format", "json").json()
    changed = found["changed_since"]
    assert isinstance(changed, dict)
    assert found["as_of"] == changed["since"]
    assert changed["decided"] == [
        {
            "finding": "FND-1",
            "outcome": {"before": "out-of-cycle", "after": "immediate"},
            "questions": ["exploitation"],
        }
    ]
    assert changed["listed"] == ["CVE-2026-1234"]
    assert ask_later("week", "--format", "json").json().keys() == found.keys() - {
        "as_of",
        "changed_since",
    }


def test_explain_names_the_listing_that_changed_the_decision(ask_later: Ask) -> None:
    then = ask_later("explain", "FND-1", "--as-of", BEFORE).out
    now = ask_later("explain", "FND-1", "--since", BEFORE).out
    assert "  Urgent: 7 days (" in then
    assert "  Immediate: " in now
    for told in (then, now):
        lines = told.splitlines()
        assert "  Priority: Urgent → Immediate" in lines
        assert any(line.startswith("  kev: not loaded → 2026-10-01 (KEV ") for line in lines)
        assert any(
            line.startswith("  Is it exploited: no sign") and "→ active, CVE-2026-1234" in line
            for line in lines
        )
        assert any(line.startswith("  Budget immediate-48h of b: ") for line in lines)
    assert "As of" not in now


def test_budget_and_services_show_the_state_of_then(ask_later: Ask) -> None:
    rows = ask_later("budget", "--as-of", BEFORE, "--format", "json").json()["budgets"]
    assert isinstance(rows, list)
    late = {each["objective"]: each["late_now"] for each in rows}
    assert late["out-of-cycle-7d"] == 0
    assert "Budget immediate-48h of b" in ask_later("budget", "--as-of", BEFORE).out
    assert ask_later("services", "--as-of", BEFORE).code == 0


def test_before_the_first_record_there_is_nothing_and_one_sentence_says_so(ask_later: Ask) -> None:
    for command in ("findings", "week"):
        answer = ask_later(command, "--as-of", "20d")
        assert answer.code == 0
        assert answer.out.splitlines()[1:] == ["Nothing was recorded by then."]
    missing = ask_later("explain", "FND-1", "--as-of", "20d")
    assert (missing.code, missing.out) == (2, "")
    assert "FND-1 was not recorded by then." in missing.err
    assert "It was not recorded by then" in ask_later("explain", "FND-1", "--since", "20d").out


def test_today_and_an_instant_are_times_too(ask_later: Ask) -> None:
    for text in (f"{NOW:%Y-%m-%d}", f"{NOW:%Y-%m-%dT%H:%M:%SZ}"):
        assert the_finding(ask_later, "--as-of", text)["outcome"] == "immediate"
    for text in (f"{THREE - timedelta(days=1):%Y-%m-%d}", f"{NINE:%Y-%m-%dT%H:%M:%SZ}"):
        assert the_finding(ask_later, "--as-of", text)["outcome"] == "out-of-cycle"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2999-01-01", "lies in the future"),
        ("2999-01-01T00:00:00Z", "lies in the future"),
        ("yesterday", "is no time"),
        ("2026-02-30", "is no time"),
        ("-1d", "is no time"),
    ],
)
def test_what_is_no_past_time_is_refused(ask: Ask, text: str, said: str) -> None:
    answer = ask("week", f"--as-of={text}")
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert answer.err.count("\n") == 1


def test_looking_back_makes_no_store(ask: Ask, folder: Path) -> None:
    assert "Nothing was recorded by then." in ask("week", "--as-of", "1d").out
    assert not (folder / ".tesuri").exists()
