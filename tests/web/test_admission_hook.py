import asyncio
import json
import shutil
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import httpx
import pytest
import uvicorn

import tesuri.controls
from tests.certificate import write_certificate
from tesuri.controls.compiled import CompiledControl
from tesuri.controls.load import load_control
from tesuri.flows.gates.judge_resources import Gate, open_gate
from tesuri.model.control import Point
from tesuri.model.objective import PolicyState
from tesuri.model.ownership import Ownership, PolicyStanding
from tesuri.web.admission_hook import MAX_BYTES, AdmissionHook

_PODS = Path(next(iter(tesuri.controls.__path__))) / "catalog/kubernetes/pod"


def controls(copies: int = 1) -> list[CompiledControl]:
    files = sorted(path for path in _PODS.glob("*.yaml") if ".cases" not in path.name)
    found = []
    for number in range(copies):
        for path in files:
            text = path.read_text(encoding="utf-8").replace(
                f"id: {path.stem}", f"id: {path.stem}-{number}", 1
            )
            found.append(load_control(text.encode(), where=path.name, schemas={}))
    return found


def gate(copies: int = 1, state: PolicyState = PolicyState.SPENT) -> Gate:
    return open_gate(
        Point.ADMISSION,
        controls(copies),
        owner_of=lambda _: Ownership(None, None, "nobody"),
        policy_of=lambda _: PolicyStanding(state, "immediate-48h"),
        waivers=(),
        now=datetime(2026, 6, 1, tzinfo=UTC),
    )


def review(**security: object) -> bytes:
    container = {"name": "web", "image": "web:1", "securityContext": security}
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web"},
        "spec": {"containers": [container] * 3, "securityContext": {"runAsNonRoot": True}},
    }
    request = {"uid": "u-1", "operation": "CREATE", "namespace": "shop", "object": pod}
    return json.dumps(
        {"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1", "request": request}
    ).encode()


GOOD = {"allowPrivilegeEscalation": False}


class Said(list[str]):
    """What the webhook told people."""


@pytest.fixture
def said() -> Said:
    return Said()


def hook(said: Said, *, found: Gate | None, closed: bool = False) -> AdmissionHook:
    return AdmissionHook(lambda: found, closed, said.append)


def answered(one: AdmissionHook, body: bytes) -> dict[str, object]:
    status, _, text = one.answer(body)
    assert status == 200
    response = json.loads(text)["response"]
    return cast("dict[str, object]", response)


def asked(one: AdmissionHook, method: str, path: str, body: bytes = b"") -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=one)
        async with httpx.AsyncClient(transport=transport, base_url="https://hook") as client:
            return await client.request(method, path, content=body)

    return asyncio.run(ask())


def test_a_review_is_answered_and_what_is_denied_is_said(said: Said) -> None:
    one = hook(said, found=gate())
    denied, allowed = answered(one, review(privileged=True)), answered(one, review(**GOOD))

    assert (denied["uid"], denied["allowed"], allowed["allowed"]) == ("u-1", False, True)
    assert said[0].startswith("denied: shop/Pod/web: kubernetes-pod-privileged")


def test_what_nobody_can_tell_is_allowed_said_and_counted(said: Said) -> None:
    one = hook(said, found=gate(state=PolicyState.AMPLE))
    response = answered(one, review(runAsNonRoot="perhaps", **GOOD))

    assert response["allowed"] is True
    assert [line for line in said if line.startswith("unknown: kubernetes-pod-run-as-non-root")]
    assert 'tesuri_decisions_total{point="admission",verdict="unknown"} 1' in one.metrics()


@pytest.mark.parametrize("word", ["open", "closed"])
def test_an_engine_that_fails_answers_as_declared(
    said: Said,
    word: str,
) -> None:
    def broken() -> Gate:
        raise ZeroDivisionError("no budget")

    one = AdmissionHook(broken, word == "closed", said.append)
    response = answered(one, review())

    assert (response["uid"], response["allowed"]) == ("u-1", word == "open")
    assert "ZeroDivisionError" in said[0]
    assert f'tesuri_admission_failures_total{{answered="{word}"}} 1' in one.metrics()


@pytest.mark.parametrize("word", ["open", "closed"])
def test_a_review_that_cannot_be_answered_is_answered_as_declared(
    said: Said,
    word: str,
) -> None:
    odd = json.dumps({"kind": "AdmissionReview", "request": {"uid": "u-2", "operation": "CREATE"}})
    response = answered(hook(said, found=gate(), closed=word == "closed"), odd.encode())

    assert (response["uid"], response["allowed"]) == ("u-2", word == "open")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"kind": "Pod"}'])
def test_what_is_no_review_gets_no_answer_that_could_be_taken_for_one(
    said: Said, body: bytes
) -> None:
    assert asked(hook(said, found=gate()), "POST", "/", body).status_code == 400


def test_a_review_that_is_too_large_is_refused(said: Said) -> None:
    assert asked(hook(said, found=gate()), "POST", "/", b" " * (MAX_BYTES + 1)).status_code == 413


def test_health_says_whether_it_lives_and_whether_it_is_ready(said: Said) -> None:
    cold, warm = hook(said, found=None), hook(said, found=gate())

    assert [asked(cold, "GET", f"/healthz/{name}").status_code for name in ("live", "ready")] == [
        200,
        503,
    ]
    assert asked(warm, "GET", "/healthz/ready").text == "ready\n"
    assert asked(warm, "GET", "/other").status_code == 404
    assert answered(cold, review())["allowed"] is True


def test_forty_controls_are_all_asked_of_one_request(said: Said) -> None:
    ready = gate(copies=7)
    assert ready.control_count >= 40
    assert answered(hook(said, found=ready), review(**GOOD))["allowed"] is True


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    write_certificate(tmp_path)
    return tmp_path / "tls.crt", tmp_path / "tls.key"


@pytest.fixture
def served(said: Said, certificate: tuple[Path, Path]) -> Iterator[tuple[int, ssl.SSLContext]]:
    crt, key = certificate
    config = uvicorn.Config(
        hook(said, found=gate()),
        host="127.0.0.1",
        port=0,
        log_level="warning",
        ssl_certfile=crt,
        ssl_keyfile=key,
    )
    server = uvicorn.Server(config)
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    yield listening.getsockname()[1], ssl.create_default_context(cafile=str(crt))
    server.should_exit = True
    thread.join(timeout=10)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make a certificate")
def test_the_api_server_is_answered_over_tls(served: tuple[int, ssl.SSLContext]) -> None:
    port, context = served
    with httpx.Client(
        verify=context, base_url=f"https://localhost:{port}", trust_env=False
    ) as client:
        answer = client.post("/validate", content=review(privileged=True))
        live = client.get("/healthz/live")

    assert (answer.status_code, live.status_code) == (200, 200)
    assert answer.json()["response"]["allowed"] is False
