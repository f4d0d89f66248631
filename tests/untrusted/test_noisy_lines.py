"""Alerts among the words of a log."""

import pytest

from tesuri.flows.intake.inspect_reports import inspect
from tesuri.untrusted.noisy_lines import with_words_as_texts

_ALERT = '{"rule": "Shell", "priority": "Warning", "output": "x", "output_fields": {}, "time": "2030-01-02T03:04:05Z"}'


@pytest.mark.parametrize(
    "lines",
    [
        ["2030-01-02 Falco version: 0.40.0", _ALERT, "[INFO] still here", _ALERT],
        [_ALERT, "Mon Jan 2: reloading, again", "", _ALERT, "bye"],
        ["[1/2] starting", "{not: json, but a word}"[1:], _ALERT, _ALERT],
    ],
)
def test_the_alerts_are_read_and_the_words_counted(lines: list[str]) -> None:
    seen = inspect("\n".join(lines).encode(), where="falco.log")
    assert (seen.format, seen.findings, len(seen.skipped)) == ("falco", 2, 2)
    assert seen.records == 4


@pytest.mark.parametrize(
    "text",
    [
        f"starting\n{_ALERT}\n{_ALERT[:-20]}",
        f"{_ALERT}\n{_ALERT}\n{_ALERT[:-20]}",
        "starting\n[1, 2]\nbye",
        "no alert at all\nnowhere",
    ],
)
def test_what_was_cut_off_or_has_no_alert_is_no_report(text: str) -> None:
    seen = inspect(text.encode(), where="falco.log")
    assert (seen.format, seen.records) == (None, 0)
    assert seen.error


def test_nothing_is_made_of_words_alone() -> None:
    assert with_words_as_texts(b"one\ntwo\n[3]") == b""
    assert with_words_as_texts(b"\xff\xfe words\n{}") == '"�� words"\n{}'.encode()
