"""Reports of code and secret scanners: SARIF as Semgrep, CodeQL and gitleaks write it."""

from collections.abc import Sequence
from datetime import datetime

from tesuri.flows.demo.cast import LEAKED_KEY
from tesuri.flows.demo.chance import between
from tesuri.flows.demo.faults import Fault, Leak, Weak
from tesuri.flows.demo.written import Json, Value, as_bytes, instant_text
from tesuri.model.severity import Severity

_NAMES = {"semgrep": "Semgrep OSS", "codeql": "CodeQL", "gitleaks": "gitleaks"}
_LEVELS = {Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}
_SCORES = {Severity.CRITICAL: "9.3", Severity.HIGH: "8.1", Severity.MEDIUM: "5.5"}
_ACCEPTED = Weak(
    rule="weak-hash",
    title="MD5 is used where a collision matters",
    severity=Severity.MEDIUM,
    weakness="CWE-328",
    path="src/cache/key.py",
    line=17,
    code="return hashlib.md5(path).hexdigest()",
    help="See the rule's page in the engineering handbook.",
)


def code_report(tool: str, target: str, faults: Sequence[Fault], scanned_at: datetime) -> bytes:
    """Give the SARIF log of a code scanner for one repository; one result is suppressed in the source."""
    found = [fault.what for fault in faults if isinstance(fault.what, Weak)]
    rules = {what.rule: _rule(what) for what in (*found, _ACCEPTED)}
    results = [*(_result(what, target) for what in found), _accepted(target)]
    return _log(tool, target, list(rules.values()), results, scanned_at)


def secret_report(target: str, faults: Sequence[Fault], scanned_at: datetime) -> bytes:
    """Give gitleaks' SARIF log for one repository; it quotes the secret, as gitleaks does."""
    found = [fault.what for fault in faults if isinstance(fault.what, Leak)]
    rules: list[Value] = [{"id": what.rule, "name": what.rule} for what in found]
    results: list[Value] = [_leak(what) for what in found]
    return _log("gitleaks", target, rules, results, scanned_at)


def _log(
    tool: str, target: str, rules: Sequence[Value], results: Sequence[Value], scanned_at: datetime
) -> bytes:
    document: Json = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {"name": _NAMES[tool], "semanticVersion": "1.99.0", "rules": rules}
                },
                "invocations": [
                    {"executionSuccessful": True, "endTimeUtc": instant_text(scanned_at)}
                ],
                "versionControlProvenance": [{"repositoryUri": target}],
                "results": results,
            }
        ],
    }
    return as_bytes(document)


def _rule(what: Weak) -> Json:
    properties: Json = {"tags": [what.weakness, "security"]}
    if what.severity in _SCORES:
        properties["security-severity"] = _SCORES[what.severity]
    return {
        "id": what.rule,
        "name": what.rule,
        "shortDescription": {"text": what.title},
        "help": {"text": what.help},
        "defaultConfiguration": {"level": _LEVELS[what.severity]},
        "properties": properties,
    }


def _result(what: Weak, target: str) -> Json:
    mark = f"{between(0, 16**8 - 1, target, what.rule, what.path, what.code):08x}"
    return {
        "ruleId": what.rule,
        "level": _LEVELS[what.severity],
        "message": {"text": f"{what.title}."},
        "locations": [_location(what.path, what.line, what.code)],
        "partialFingerprints": {"primaryLocationLineHash": f"{mark}:1"},
    }


def _accepted(target: str) -> Json:
    kept: Json = {"kind": "inSource", "justification": "Key of a cache, not a signature"}
    return {**_result(_ACCEPTED, target), "suppressions": [kept]}


def _leak(what: Leak) -> Json:
    shown = f"{LEAKED_KEY[:4]}…{LEAKED_KEY[-4:]}"
    return {
        "ruleId": what.rule,
        "level": "error",
        "message": {"text": f"AWS access key {shown} in {what.path} at commit {what.commit[:7]}"},
        "locations": [_location(what.path, what.line, f"AWS_ACCESS_KEY_ID={LEAKED_KEY}")],
        "partialFingerprints": {"commitSha": what.commit},
    }


def _location(path: str, line: int, code: str) -> Json:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": path},
            "region": {"startLine": line, "snippet": {"text": code}},
        }
    }
