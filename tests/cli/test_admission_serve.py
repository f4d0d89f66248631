"""The webhook as the program runs it: over TLS, with policies in Rego in a process of their own."""

import http.client
import json
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.certificate import write_certificate
from tests.cli.gates.test_policies import POD, TEMPLATE, constraint


@pytest.fixture
def port(folder: Path) -> Iterator[int]:
    """Serve admission with one template and its constraint; the certificate is tls.crt."""
    write_certificate(folder)
    (folder / "policies").mkdir()
    (folder / "policies" / "template.yaml").write_text(TEMPLATE, encoding="utf-8")
    (folder / "policies" / "constraint.json").write_text(constraint(), encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        number: int = free.getsockname()[1]
    command = ["admission", "serve", "--tls-cert", "tls.crt", "--tls-key", "tls.key"]
    place = ["--host", "127.0.0.1", "--port", str(number), "--policy", "policies"]
    server = subprocess.Popen([sys.executable, "-m", "tesuri", *command, *place], cwd=folder)
    try:
        yield number
    finally:
        server.terminate()
        server.wait(timeout=30)


def answered(port: int, document: object) -> dict[str, object]:
    """Give the response to a review, asked until the server listens."""
    context = ssl.create_default_context(cafile="tls.crt")
    until = time.monotonic() + 60
    while True:
        connection = http.client.HTTPSConnection("localhost", port, context=context, timeout=30)
        try:
            connection.request("POST", "/", json.dumps(document))
            found: dict[str, object] = json.loads(connection.getresponse().read())["response"]
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
            continue
        connection.close()
        return found


def review(labels: dict[str, str]) -> object:
    pod = {**POD, "metadata": {"name": "web", "namespace": "shop", "labels": labels}}
    request = {
        "uid": "1",
        "kind": {"group": "", "version": "v1", "kind": "Pod"},
        "operation": "CREATE",
        "name": "web",
        "namespace": "shop",
        "userInfo": {"username": "ana"},
        "object": pod,
    }
    return {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}


def test_a_constraint_denies_over_tls_and_lets_pass_what_it_asks_for(port: int) -> None:
    denied = answered(port, review({"app": "web"}))
    allowed = answered(port, review({"owner": "ana"}))

    assert denied["allowed"] is False
    assert "labels are missing on CREATE" in json.dumps(denied)
    assert allowed["allowed"] is True
