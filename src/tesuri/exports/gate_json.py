"""A gate report as JSON: {summary, verdicts, unread}. Passes are counted, everything else is listed."""

from collections.abc import Mapping

import orjson

from tesuri.exports.gate_rows import shown, summary
from tesuri.model.control import GateReport, Ruling


def render_gate_json(report: GateReport) -> bytes:
    """Give the report as indented JSON that ends with a newline."""
    document = {
        "summary": summary(report),
        "verdicts": [_verdict(ruling) for ruling in shown(report)],
        "unread": [{"address": address, "reason": reason} for address, reason in report.unread],
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


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
