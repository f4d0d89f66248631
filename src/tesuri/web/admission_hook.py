"""The validating webhook as an ASGI application: one review in, one review out, and what the cluster asks of its health.

What cannot be judged is answered as declared: open (allowed, with a warning) or closed (denied). Every such answer is said
and counted. Nothing is stored: a cluster asks often, and the answer is in the audit log of the API server.
"""

import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Final

import orjson

from tesuri.flows.gates.judge_resources import Gate
from tesuri.flows.gates.review_admission import AdmissionAnswer, answer_review
from tesuri.model.control import VerdictKind
from tesuri.model.errors import TesuriError
from tesuri.untrusted.shape import at, flag, text

MAX_BYTES: Final = 8 * 1024 * 1024
"""Largest review; an object is at most 1.5 MB in the store of a cluster, and an update has two of them."""

_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0)
_JSON: Final = b"application/json"
_TEXT: Final = b"text/plain; charset=utf-8"

Message = MutableMapping[str, object]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


@dataclass
class AdmissionHook:
    """One webhook. `gate` gives the gate as it stands now, None while there is none yet."""

    gate: Callable[[], Gate | None]
    is_failing_closed: bool
    say: Callable[[str], None]
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(name, label) → how often."""
    _durations: list[int] = field(default_factory=lambda: [0] * (len(_BUCKETS) + 1))
    _seconds: float = 0.0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        if scope["type"] != "http":
            return
        if scope["method"] == "POST":
            body = await _body(receive)
            await _answer(send, *self.answer(body))
            return
        await _answer(send, *self._look(str(scope["path"])))

    def _look(self, path: str) -> tuple[int, bytes, bytes]:
        if path == "/healthz/live":
            return 200, _TEXT, b"live\n"
        if path == "/healthz/ready":
            is_ready = self.gate() is not None
            return (200, _TEXT, b"ready\n") if is_ready else (503, _TEXT, b"not ready\n")
        if path == "/metrics":
            return 200, b"text/plain; version=0.0.4", self.metrics().encode()
        return 404, _TEXT, b"not found\n"

    def answer(self, body: bytes | None) -> tuple[int, bytes, bytes]:
        """Give status, type and body of the answer to one review."""
        if body is None:
            return 413, _TEXT, b"The review is too large.\n"
        began = time.perf_counter()
        try:
            answered = self._judged(body)
        except TesuriError as error:
            answered = self._failed(body, str(error))
        except Exception as error:  # noqa: BLE001 - the outermost boundary: a bug of ours must not decide by itself
            answered = self._failed(body, f"a bug of ours ({type(error).__name__}: {error})")
        self._took(time.perf_counter() - began)
        return answered

    def _judged(self, body: bytes) -> tuple[int, bytes, bytes]:
        gate = self.gate()
        if gate is None:
            return self._failed(body, "the controls are not loaded yet")
        found = answer_review(body, gate=gate)
        self._count(found)
        return 200, _JSON, orjson.dumps(found.response)

    def _count(self, found: AdmissionAnswer) -> None:
        response = found.response["response"]
        is_allowed = flag(response, "allowed")
        self.counts["answers", "allow" if is_allowed else "deny"] += 1
        for one in found.rulings:
            self.counts["decisions", one.verdict.kind.value] += 1
            if one.verdict.kind is VerdictKind.UNKNOWN:
                self.say(
                    f"unknown: {one.verdict.control}: {one.verdict.address}: {one.verdict.reason}"
                )
        if not is_allowed:
            self.say(f"denied: {found.request.subject}: {text(response, 'status', 'message')}")

    def _failed(self, body: bytes, reason: str) -> tuple[int, bytes, bytes]:
        """Answer as declared; without a uid there is nobody to answer, and the API server decides by itself."""
        self.counts["failures", "closed" if self.is_failing_closed else "open"] += 1
        self.say(f"not judged: {reason}")
        try:
            review: object = orjson.loads(body)
        except orjson.JSONDecodeError:
            return 400, _TEXT, f"{reason}\n".encode()
        uid = text(at(review, "request"), "uid")
        if not uid:
            return 400, _TEXT, f"{reason}\n".encode()
        sentence = f"tesuri could not judge this change: {reason}"
        response: dict[str, object] = {"uid": uid, "allowed": not self.is_failing_closed}
        if self.is_failing_closed:
            response["status"] = {"code": 500, "message": sentence[:1000]}
        else:
            response["warnings"] = [sentence[:256]]
        version = text(review, "apiVersion") or "admission.k8s.io/v1"
        answered = {"apiVersion": version, "kind": "AdmissionReview", "response": response}
        return 200, _JSON, orjson.dumps(answered)

    def _took(self, seconds: float) -> None:
        place = sum(1 for edge in _BUCKETS if seconds > edge)
        self._durations[place] += 1
        self._seconds += seconds

    def metrics(self) -> str:
        """Give the figures in the text format of Prometheus."""
        lines = [
            *_counter(
                "tesuri_decisions_total", "verdict", self._of("decisions"), 'point="admission",'
            )
        ]
        lines += _counter("tesuri_admission_answers_total", "answer", self._of("answers"))
        lines += _counter("tesuri_admission_failures_total", "answered", self._of("failures"))
        lines.append("# TYPE tesuri_admission_duration_seconds histogram")
        total = 0
        for edge, count in zip((*map(str, _BUCKETS), "+Inf"), self._durations, strict=True):
            total += count
            lines.append(f'tesuri_admission_duration_seconds_bucket{{le="{edge}"}} {total}')
        lines.append(f"tesuri_admission_duration_seconds_sum {self._seconds:.6f}")
        lines.append(f"tesuri_admission_duration_seconds_count {total}")
        return "\n".join(lines) + "\n"

    def _of(self, name: str) -> Mapping[str, int]:
        return {
            label: count for (each, label), count in sorted(self.counts.items()) if each == name
        }


def _counter(name: str, label: str, values: Mapping[str, int], labels: str = "") -> list[str]:
    lines = [f'{name}{{{labels}{label}="{value}"}} {count}' for value, count in values.items()]
    return [f"# TYPE {name} counter", *lines]


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _body(receive: Receive) -> bytes | None:
    """Give the body, None when it is too large; it is read to its end all the same."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        part = message.get("body")
        part = part if isinstance(part, bytes) else b""
        size += len(part)
        if size <= MAX_BYTES:
            parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts) if size <= MAX_BYTES else None


async def _answer(send: Send, status: int, kind: bytes, body: bytes) -> None:
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
