"""What lint found in policies, as SARIF."""

import hashlib
from collections.abc import Mapping, Sequence

from tesuri.exports.annotations import one_line
from tesuri.exports.sarif_log import location, render_sarif
from tesuri.model.scp import LintLevel, LintRemark


def render_lint_sarif(
    remarks: Sequence[LintRemark], refused: Sequence[str], *, version: str
) -> bytes:
    """Give one run, errors first; a file that could not be read is a note in it, never left out."""
    ordered = sorted(remarks, key=lambda one: one.level is not LintLevel.ERROR)
    rules = list(dict.fromkeys(one.rule for one in ordered))
    return render_sarif(
        "tesuri-scp-lint",
        [{"id": rule} for rule in rules],
        [_result(one, rules.index(one.rule)) for one in ordered],
        version=version,
        notes=[one_line(sentence) for sentence in refused],
    )


def _result(remark: LintRemark, rule_index: int) -> Mapping[str, object]:
    identity = f"{remark.rule} {remark.file} {remark.pointer}"
    return {
        "ruleId": remark.rule,
        "ruleIndex": rule_index,
        "kind": "fail",
        "level": remark.level.value,
        "message": {"text": " ".join(part for part in (remark.message, remark.remedy) if part)},
        "locations": [location(remark.file, 0, remark.pointer or "/", "object")],
        "partialFingerprints": {
            "tesuriRemark/v1": hashlib.sha256(identity.encode()).hexdigest()[:32]
        },
    }
