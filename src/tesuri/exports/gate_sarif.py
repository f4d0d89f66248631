"""A gate report as SARIF 2.1.0, for code scanning and editors: one result for each failing or unknown verdict.

**source** https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

import orjson

from tesuri.exports.gate_rows import shown
from tesuri.model.control import GateAnswer, GateReport, Ruling, VerdictKind

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Final = {GateAnswer.BLOCK: "error", GateAnswer.WARN: "warning", GateAnswer.ALLOW: "note"}


def render_gate_sarif(report: GateReport, *, version: str) -> bytes:
    """Give the report as one SARIF run; `version` is Tesuri's own."""
    rulings = shown(report)
    rules = list(dict.fromkeys(ruling.verdict.control for ruling in rulings))
    driver = {"name": "Tesuri", "version": version, "rules": [{"id": rule} for rule in rules]}
    run = {
        "tool": {"driver": driver},
        "results": [_result(ruling, rules) for ruling in rulings],
        "invocations": [
            {"executionSuccessful": True, "toolExecutionNotifications": _unread(report)}
        ],
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _unread(report: GateReport) -> list[Mapping[str, object]]:
    return [
        {"level": "warning", "message": {"text": f"{address} was not looked at: {reason}"}}
        for address, reason in report.unread
    ]


def _result(ruling: Ruling, rules: Sequence[str]) -> Mapping[str, object]:
    verdict = ruling.verdict
    is_unknown = verdict.kind is VerdictKind.UNKNOWN
    identity = f"{verdict.control} {ruling.service or ''} {verdict.address}"
    result: dict[str, object] = {
        "ruleId": verdict.control,
        "ruleIndex": rules.index(verdict.control),
        "kind": "open" if is_unknown else "fail",
        # NOTE: the standard allows a level other than none for failures only.
        "level": "none" if is_unknown else _LEVELS[ruling.answer],
        "message": {"text": f"{verdict.address}: {ruling.message}"},
        "locations": [_location(ruling)],
        "partialFingerprints": {
            "tesuriVerdict/v1": hashlib.sha256(identity.encode()).hexdigest()[:32]
        },
        "properties": {
            "severity": verdict.severity.value,
            "answer": ruling.answer.value,
            "owner": ruling.owner,
            "policyState": ruling.policy_state.value,
            "pointer": verdict.at.pointer,
        },
    }
    if ruling.waiver:
        suppression = {"kind": "external", "status": "accepted", "justification": ruling.waiver}
        result["suppressions"] = [suppression]
    return result


def _location(ruling: Ruling) -> Mapping[str, object]:
    at = ruling.verdict.at
    place: dict[str, object] = {"artifactLocation": {"uri": at.file.replace(" ", "%20")}}
    if at.line:
        place["region"] = {"startLine": at.line}
    logical = {"fullyQualifiedName": ruling.verdict.address, "kind": "resource"}
    return {"physicalLocation": place, "logicalLocations": [logical]}
