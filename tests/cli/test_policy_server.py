"""Gates that ask a running server for the policy state: the real process, on this machine."""

import http.server
import json
import os
import re
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic

import pytest

from tests.cli.company import Answer
from tests.cli.conftest import Ask

PATH = "/api/v1/policy-states"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert isinstance(port, int)
    return port


@pytest.fixture
def server(ask_known: Ask, folder: Path) -> Iterator[str]:
    """Start the server of the company whose service b has spent its budget."""
    assert ask_known("tick").code == 0
    port = free_port()
    command = [sys.executable, "-m", "tesuri", "--workspace", str(folder), "serve"]
    process = subprocess.Popen(
        [*command, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        wait_until_ready(f"http://127.0.0.1:{port}/healthz/ready")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=30)


def wait_until_ready(url: str) -> None:
    end = monotonic() + 60
    while monotonic() < end:
        with suppress(OSError), urllib.request.urlopen(url, timeout=5) as answer:
            assert answer.status == 200
            return
        threading.Event().wait(0.1)
    pytest.fail("the server does not answer")


@pytest.fixture
def elsewhere(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Give a function's place of CI: the plans, no workspace, no store."""
    ci = tmp_path_factory.mktemp("ci")
    for name in ("plan-a.json", "plan-b.json"):
        (ci / name).write_bytes((folder / name).read_bytes())
    return ci


def decided(answer: Answer) -> dict[str, object]:
    found = answer.json()["verdicts"]
    assert isinstance(found, list)
    return next(one for one in found if one["control"].endswith("-admin-port-world"))


def asked(url: str, header: str) -> tuple[int, bytes]:
    request = urllib.request.Request(url + PATH, headers={"Authorization": header})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_the_same_plan_warns_while_the_budget_lasts_and_is_blocked_when_it_is_spent(
    ask: Ask, server: str, elsewhere: Path, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    token = ask("token", "create", "ci").out.strip()
    narrow = ask("token", "create", "ci of a", "--scope", "a").out.strip()
    kept = folder / ".tesuri" / "tokens.json"
    assert re.fullmatch("tesuri_[0-9a-f]{8}_[A-Za-z0-9_-]{43}", token)
    assert token.rpartition("_")[2] not in kept.read_text()
    assert kept.stat().st_mode & 0o077 == 0

    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("GATE_TOKEN", token)
    asking = ("--server", server, "--token-env", "GATE_TOKEN", "--format", "json")
    warned = ask("check", "plan", "plan-a.json", *asking)
    blocked = ask("check", "plan", "plan-b.json", *asking)
    assert (warned.code, blocked.code) == (0, 1)
    assert (decided(warned)["answer"], decided(blocked)["answer"]) == ("warn", "block")
    assert decided(blocked)["policy_state"] == "spent"
    assert str(decided(blocked)["policy_state_reason"]).startswith(f"By the server {server}, ")
    assert not (elsewhere / ".tesuri").exists()

    monkeypatch.setenv("TESURI_SERVER", server)
    monkeypatch.setenv("TESURI_TOKEN", token)
    assert ask("check", "plan", "plan-b.json").code == 1

    monkeypatch.setenv("TESURI_TOKEN", narrow)
    outside = ask("check", "plan", "plan-b.json", "--format", "json")
    assert (outside.code, decided(outside)["policy_state"]) == (0, "unknown")
    assert "does not tell the state of b" in str(decided(outside)["policy_state_reason"])

    monkeypatch.setenv("TESURI_TOKEN", f"{token}x")
    refused = ask("check", "plan", "plan-b.json", "--format", "json")
    assert (refused.code, decided(refused)["policy_state"]) == (0, "unknown")
    assert "does not accept the token" in str(decided(refused)["policy_state_reason"])

    for header in ("", "Bearer", "Bearer x", f"Basic {token}", f"Bearer {token[:-1]}", token):
        status, body = asked(server, header)
        assert (status, json.loads(body)["status"]) == (401, 401)
    assert asked(server, f"Bearer {token}")[0] == 200
    monkeypatch.chdir(folder)
    monkeypatch.delenv("TESURI_SERVER")
    assert ask("token", "revoke", token.split("_")[1]).code == 0
    assert asked(server, f"Bearer {token}")[0] == 401


def test_a_server_that_does_not_answer_makes_the_state_unknown(
    ask: Ask, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("TESURI_TOKEN", "tesuri_x_y")
    (elsewhere / "tesuri.yaml").write_text("name: CI\ndefault_policy_state: ample\n")
    url = f"http://127.0.0.1:{free_port()}"
    answer = ask("check", "plan", "plan-b.json", "--server", url, "--format", "json")

    assert (answer.code, decided(answer)["policy_state"]) == (0, "unknown")
    assert "tells no policy state: it does not answer" in str(
        decided(answer)["policy_state_reason"]
    )
    assert "The policy state is unknown." in answer.err


class Elsewhere(http.server.BaseHTTPRequestHandler):
    """Leads to another server, and remembers what it was shown."""

    shown: list[str] = []  # noqa: RUF012 - the server makes one of these for each question

    def do_GET(self) -> None:
        self.shown.append(self.headers["Authorization"])
        self.send_response(302)
        self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/other")  # type: ignore[attr-defined] # the server of these tests has a port
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_token_is_not_carried_to_another_address(
    ask: Ask, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("TESURI_TOKEN", "tesuri_x_y")
    with http.server.HTTPServer(("127.0.0.1", 0), Elsewhere) as other:
        thread = threading.Thread(target=other.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{other.server_port}"
        answer = ask("check", "plan", "plan-b.json", "--server", url, "--format", "json")
        other.shutdown()
        thread.join()
    assert decided(answer)["policy_state"] == "unknown"
    assert Elsewhere.shown == ["Bearer tesuri_x_y"]


@pytest.mark.parametrize(
    "url", ["http://tesuri.example.com", "ftp://x", "tesuri.example.com", "https://"]
)
def test_a_token_is_never_sent_in_the_clear(
    ask: Ask, folder: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("TESURI_TOKEN", "tesuri_x_y")
    answer = ask("check", "plan", "plan-a.json", "--server", url)
    assert (answer.code, answer.out) == (2, "")
    assert "none that a token may be sent to" in answer.err


def test_a_server_without_a_token_is_a_mistake(ask: Ask, folder: Path) -> None:
    answer = ask("check", "plan", "plan-a.json", "--server", "https://tesuri.example.com")
    assert (answer.code, answer.out) == (2, "")
    assert "TESURI_TOKEN" in answer.err
    assert not os.environ.get("TESURI_TOKEN")


def test_tokens_are_listed_without_their_secrets(ask: Ask, folder: Path) -> None:
    shown = ask("token", "create", "ci", "--days", "7", "--scope", "a").out.strip()
    listed = ask("token", "list", "--format", "json")
    assert shown.rpartition("_")[2] not in listed.out
    tokens = listed.json()["tokens"]
    assert isinstance(tokens, list)
    assert [(one["name"], one["services"]) for one in tokens] == [("ci", ["a"])]
    assert ask("token", "create", "ci", "--scope", "nobody").code == 2
    assert ask("token", "revoke", "nobody").code == 2
