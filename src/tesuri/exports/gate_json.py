"""A gate report as JSON: {summary, verdicts, unread}. Passes are counted, everything else is listed."""

from collections.abc import Iterable, Iterator, Mapping

import orjson

from tesuri.exports.gate_rows import shown_in_turn, summary
from tesuri.model.control import GateReport, Ruling


def render_gate_json(report: GateReport) -> bytes:
    """Give the report as indented JSON that ends with a newline."""
    return b"".join(gate_json_parts(report))


def gate_json_parts(report: GateReport) -> Iterator[bytes]:
    """Give the same piece by piece: the answer to a large file is larger than the file."""
    yield b'{\n  "summary": ' + _indented(summary(report), 1)
    yield b',\n  "verdicts": '
    yield from _listed(_verdict(ruling) for ruling in shown_in_turn(report))
    yield b',\n  "unread": '
    yield from _listed({"address": address, "reason": reason} for address, reason in report.unread)
    yield b"\n}\n"


def _listed(values: Iterable[Mapping[str, object]]) -> Iterator[bytes]:
    start = b"[\n    "
    for value in values:
        yield start + _indented(value, 2)
        start = b",\n    "
    yield b"\n  ]" if start[:1] == b"," else b"[]"


def _indented(value: Mapping[str, object], levels: int) -> bytes:
    """Write a value that stands some levels inside; texts hold no newline, for JSON escapes it."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).replace(b"\n", b"\n" + b"  " * levels)


def _verdict(ruling: Ruling) -> Mapping[str, object]:
    verdict = ruling.verdict
    return {
        "control": verdict.control,
        "version": verdict.control_version,
        "resource": verdict.resource_type,
        "address": verdict.address,
        "verdict": verdict.kind.value,
        "severity": verdict.severity.value,
        "answer": ruling.answer.value,
        "service": ruling.service,
        "owner": ruling.owner,
        "owner_source": ruling.owner_source,
        "policy_state": ruling.policy_state.value,
        "policy_state_reason": ruling.policy_state_reason,
        "message": ruling.message,
        "at": {
            "file": verdict.at.file,
            "line": verdict.at.line or None,
            "pointer": verdict.at.pointer,
        },
        "parts": list(verdict.parts),
        "waiver": ruling.waiver,
        "waivers_considered": [
            {"id": waiver, "outcome": outcome} for waiver, outcome in ruling.waivers_considered
        ],
    }
