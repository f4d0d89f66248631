"""What cannot be done is one sentence on standard error and exit code 2; standard output stays empty."""

import pytest

from tests.cli.conftest import Ask


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("findings", "severity:>=foo"), "It is one of critical, high, low, medium, unknown."),
        (("findings", "due:<7x"), "due:<7x: due cannot be '7x'."),
        (("findings", "colour:red"), "There is no field 'colour'."),
        (("findings", "--team", "green"), "There is no team 'green'. Known: blue, red."),
        (("week", "--team", "green"), "There is no team 'green'."),
        (("services", "--team", "green"), "There is no team 'green'."),
        (("budget", "nothing-2h"), "There is no objective 'nothing-2h'. See: tesuri budget"),
        (("budget", "--service", "c"), "There is no service 'c'. See: tesuri services"),
        (("explain", "FND-99"), "There is no finding FND-99. See: tesuri findings"),
        (("explain", "99999999999999999999"), "Write it as FND-12."),
        (("explain", "GRP-1"), "Write it as FND-12."),
        (("check", "plan", "a.json"), "This is not a Terraform plan"),
        (("check", "plan", "missing.json"), "No such file or directory"),
        (("feeds", "load", "a.json"), "This is no feed that Tesuri knows."),
        (("feeds", "load", "kev.json", "--as-of", "2026-13-45"), "Write it as 2026-11-21."),
        (("feeds", "load", "kev.json", "--as-of", "2199-01-01"), "2199-01-01 lies in the future"),
        (("ingest", "a.json", "--target", ""), "--target: Its value is empty."),
        (("ingest", "a.json", "--scanned-at="), "--scanned-at: Its value is empty."),
        (("week", "--as-of", ""), "--as-of: Its value is empty."),
        (("findings", "--team", " "), "--team: Its value is empty."),
        (("inspect", "a.json", "--target", "x"), "Add --against-store"),
        (("inspect", "a.json", "--partial"), "--partial: Without the store"),
        (("budget", "export", "--service", "a"), "--service: Our own form has every objective"),
        (("serve", "--host", "0.0.0.0"), "Use 127.0.0.1"),  # noqa: S104 - that it is refused is the point
        (("--lang", "fr", "week"), "Use one of: en, ja."),
        (("--workspace", "nowhere", "week"), "The folder nowhere does not exist."),
    ],
)
def test_a_refusal_says_what_and_what_to_do(
    ask: Ask, arguments: tuple[str, ...], sentence: str
) -> None:
    answer = ask(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert sentence in answer.err
    assert answer.err.startswith("tesuri: ")
    assert answer.err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("nothing",),
        ("week", "--format", "xml"),
        ("week", "--format"),
        ("findings", "--limit", "0"),
        ("findings", "--limit", "9" * 40),
        ("serve", "--port", "70000"),
        ("inspect",),
        ("check", "plan", "plan-a.json", "--fail-on", "sometimes"),
    ],
)
def test_a_wrong_call_shows_how_to_call(ask: Ask, arguments: tuple[str, ...]) -> None:
    answer = ask(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert "Error: " in answer.err
    assert "Traceback" not in answer.err


def test_a_variable_that_nobody_reads_is_named(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESURI_WORKSPAC", "x")
    answer = ask("services")
    assert answer.code == 0
    assert "The variable TESURI_WORKSPAC is set, but nothing reads it." in answer.err
