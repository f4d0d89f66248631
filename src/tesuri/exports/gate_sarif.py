"""Gate reports as SARIF, for code scanning and editors: one result for each failing or unknown verdict."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

from tesuri.exports.gate_rows import ruling_order, shown
from tesuri.exports.sarif_log import location, render_sarif, rule_severity
from tesuri.model.control import Control, GateAnswer, GateReport, Ruling, VerdictKind
from tesuri.model.identifiers import ControlId

_LEVELS: Final = {GateAnswer.BLOCK: "error", GateAnswer.WARN: "warning", GateAnswer.ALLOW: "note"}


def render_gate_sarif(
    reports: Sequence[GateReport],
    *,
    version: str,
    controls: Mapping[ControlId, Control] | None = None,
) -> bytes:
    """Give the reports as one run; `version` is Tesuri's own, `controls` tell what the rules say.

    One run, because code scanning keeps one run of a tool and category only.
    """
    rulings = sorted((one for report in reports for one in shown(report)), key=ruling_order)
    used = list(dict.fromkeys(ruling.verdict.control for ruling in rulings))
    known = controls or {}
    places = {rule: index for index, rule in enumerate(used)}
    return render_sarif(
        f"tesuri-{reports[0].point.value}" if reports else "tesuri",
        [_rule(rule, known.get(rule)) for rule in used],
        [_result(ruling, places) for ruling in rulings],
        version=version,
        notes=[
            f"{address} was not looked at: {reason}"
            for report in reports
            for address, reason in report.unread
        ],
    )


def _rule(identity: ControlId, control: Control | None) -> Mapping[str, object]:
    if control is None:
        return {"id": identity}
    remedy = "\n".join(texts["en"] for texts in control.remedy.values())
    return {
        "id": identity,
        "shortDescription": {"text": control.text("en")},
        "fullDescription": {"text": control.statement.get("en") or control.text("en")},
        "help": {"text": remedy or control.text("en")},
        "properties": rule_severity(control.severity),
    }


def _result(ruling: Ruling, places: Mapping[ControlId, int]) -> Mapping[str, object]:
    verdict = ruling.verdict
    is_unknown = verdict.kind is VerdictKind.UNKNOWN
    identity = f"{verdict.control} {ruling.service or ''} {verdict.address}"
    said = ruling.message or verdict.reason
    result: dict[str, object] = {
        "ruleId": verdict.control,
        "ruleIndex": places[verdict.control],
        "kind": "open" if is_unknown else "fail",
        # NOTE: the standard allows a level other than none for failures only.
        "level": "none" if is_unknown else _LEVELS[ruling.answer],
        "message": {"text": f"{verdict.address}: {said}"},
        "locations": [location(verdict.at.file, verdict.at.line, verdict.address, "resource")],
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
