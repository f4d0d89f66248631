"""How long the webhook takes to answer a cluster that asks a hundred times a second, over TLS, with one worker."""

import http.client
import socket
import ssl
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Final

import orjson

from benchmarks.page import Table

_TESURI = str(Path(sys.executable).with_name("tesuri"))
RATE: Final = 100
SECONDS: Final = 20
_CLIENTS: Final = 8
_POLICIES: Final = 20
_READY_SECONDS: Final = 30.0


def table(folder: Path) -> Table:
    """Give the time of an answer from the instant that it was due to be asked. **raises** CalledProcessError."""
    place = folder / "admission"
    place.mkdir()
    _make_certificate(place)
    _make_policies(place / "policies")
    rows = [
        _row("controls", _loaded(place)),
        _row(f"controls and {_POLICIES} policies in Rego", _loaded(place, "--policy", "policies")),
    ]
    return Table(
        "Admission over TLS",
        f"A pod with every control of admission, {RATE} a second for {SECONDS} s, one worker, answers counted from the instant that "
        "each was due.",
        ("Asked", "Answers", "Half within", "90 % within", "99 % within", "Longest"),
        tuple(rows),
    )


def _row(name: str, taken: list[float]) -> tuple[str, ...]:
    taken.sort()
    shown = (0.5, 0.9, 0.99)
    figures = (f"{1000 * taken[int(part * (len(taken) - 1))]:.1f} ms" for part in shown)
    return (name, str(len(taken)), *figures, f"{1000 * taken[-1]:.1f} ms")


def _loaded(place: Path, *options: str) -> list[float]:
    """Give how long each answer took, in seconds, of a server of its own."""
    port = _free_port()
    serve = [_TESURI, "admission", "serve", "--tls-cert", "tls.crt", "--tls-key", "tls.key"]
    serve += options
    with (place / "log").open("wb") as log:
        server = subprocess.Popen(
            [*serve, "--host", "127.0.0.1", "--port", str(port)], cwd=place, stdout=log, stderr=log
        )
        try:
            context = ssl.create_default_context(cafile=str(place / "tls.crt"))
            _wait(port, context)
            return _asked(port, context)
        finally:
            server.terminate()
            server.wait()


def _make_policies(folder: Path) -> None:
    """Write templates of Gatekeeper with a constraint each, all of which look at every container."""
    folder.mkdir()
    for number in range(_POLICIES):
        kind = f"BenchRegistry{number}"
        rego = (
            f"package benchregistry{number}\n"
            'violation[{"msg": msg}] {\n'
            "  container := input.review.object.spec.containers[_]\n"
            "  not any_of(container.image)\n"
            '  msg := sprintf("%v comes from %v", [container.name, container.image])\n'
            "}\n"
            "any_of(image) { startswith(image, input.parameters.registries[_]) }\n"
        )
        template = {
            "apiVersion": "templates.gatekeeper.sh/v1",
            "kind": "ConstraintTemplate",
            "metadata": {"name": kind.lower()},
            "spec": {
                "crd": {"spec": {"names": {"kind": kind}}},
                "targets": [{"target": "admission.k8s.gatekeeper.sh", "rego": rego}],
            },
        }
        constraint = {
            "apiVersion": "constraints.gatekeeper.sh/v1beta1",
            "kind": kind,
            "metadata": {"name": "bench"},
            "spec": {
                "match": {"kinds": [{"apiGroups": [""], "kinds": ["Pod"]}]},
                "parameters": {"registries": [f"registry-{number}.example/", "registry.example/"]},
            },
        }
        for name, document in (("template", template), ("constraint", constraint)):
            (folder / f"{name}-{number}.json").write_bytes(orjson.dumps(document))


def _asked(port: int, context: ssl.SSLContext) -> list[float]:
    """Ask from several connections in turn, each at its own instants."""
    taken: list[float] = []
    start = time.perf_counter() + 0.5

    def ask(first: int) -> None:
        connection = http.client.HTTPSConnection("localhost", port, context=context, timeout=30)
        for number in range(first, RATE * SECONDS, _CLIENTS):
            due = start + number / RATE
            time.sleep(max(0.0, due - time.perf_counter()))
            connection.request("POST", "/", _review(number), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            held = answer.read()
            taken.append(time.perf_counter() - due)
            if answer.status != http.client.OK or b'"uid"' not in held:
                raise RuntimeError(f"the webhook answered {answer.status}: {held[:200]!r}")
        connection.close()

    clients = [threading.Thread(target=ask, args=(number,)) for number in range(_CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    if len(taken) != RATE * SECONDS:
        raise RuntimeError(f"only {len(taken)} of {RATE * SECONDS} were answered")
    return taken


def _review(number: int) -> bytes:
    container = {
        "name": "shop",
        "image": f"registry.example/shop:{number}",
        "securityContext": {"privileged": number % 2 == 0, "allowPrivilegeEscalation": False},
        "resources": {"limits": {"cpu": "1", "memory": "1Gi"}},
    }
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": f"shop-{number}", "namespace": "shop", "labels": {"app": "shop"}},
        "spec": {"containers": [container, {**container, "name": "beside"}]},
    }
    request = {
        "uid": f"{number:08x}-0000-4000-8000-000000000000",
        "kind": {"group": "", "version": "v1", "kind": "Pod"},
        "resource": {"group": "", "version": "v1", "resource": "pods"},
        "name": f"shop-{number}",
        "namespace": "shop",
        "operation": "CREATE",
        "userInfo": {"username": "deployer"},
        "object": pod,
    }
    return orjson.dumps(
        {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}
    )


def _wait(port: int, context: ssl.SSLContext) -> None:
    until = time.monotonic() + _READY_SECONDS
    while True:
        try:
            connection = http.client.HTTPSConnection("localhost", port, context=context, timeout=5)
            connection.request("GET", "/healthz/ready")
            if connection.getresponse().status == http.client.OK:
                return
        except OSError:
            if time.monotonic() > until:
                raise
        time.sleep(0.2)


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


def _make_certificate(place: Path) -> None:
    subprocess.run(
        [
            *(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
            ),
            *("-nodes", "-days", "1", "-subj", "/CN=localhost", "-addext"),
            *("subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", "tls.key", "-out", "tls.crt"),
        ],
        cwd=place,
        check=True,
        capture_output=True,
    )
