"""A secret that a report names is kept for its keyed hash only; no other field repeats it."""

from collections.abc import Iterator, Mapping
from dataclasses import fields

import orjson
import pytest

from tesuri.flows.intake.inspect_reports import open_report
from tesuri.model.observation import Kind, Observation, Record, Suppressed
from tesuri.model.severity import Severity

_SECRET = "kf83-" + "example-only-91x"


def _seen(document: object) -> Iterator[tuple[Record, Observation]]:
    for record in open_report(orjson.dumps(document), where="r").records:
        if isinstance(record, Observation):
            yield record, record
        elif isinstance(record, Suppressed) and record.observation is not None:
            yield record, record.observation


def _only(document: object) -> Observation:
    ((_, observation),) = _seen(document)
    return observation


def _shown(record: Record, observation: Observation) -> str:
    kept = [
        getattr(observation, part.name) for part in fields(observation) if part.name != "secret"
    ]
    return repr((record, kept))


_GITLAB = {
    "version": "15.0.7",
    "scan": {"type": "secret_detection"},
    "vulnerabilities": [
        {
            "name": f"Key {_SECRET}",
            "description": f"There is {_SECRET} in it",
            "raw_source_code_extract": _SECRET,
            "cve": f"a.env:{_SECRET}:key",
            "location": {"file": "a.env", "start_line": 1},
            "identifiers": [{"type": "gitleaks_rule_id", "name": "key", "value": "key"}],
        }
    ],
}
_GITHUB = {
    "number": 1,
    "state": "resolved",
    "resolution": "false_positive",
    "resolution_comment": f"{_SECRET} is an example",
    "secret_type": "a_key",
    "secret_type_display_name": f"A key {_SECRET}",
    "secret": _SECRET,
}
_REPORTS: Mapping[str, object] = {
    "gitleaks": [
        {
            "RuleID": "key",
            "Description": f"Key {_SECRET}",
            "Match": f"k={_SECRET}",
            "Secret": _SECRET,
            "File": "a.env",
            "StartLine": 1,
            "Message": f"add {_SECRET}",
            "Fingerprint": _SECRET,
        }
    ],
    "old gitleaks": [
        {"rule": f"Key {_SECRET}", "offender": _SECRET, "line": f"k={_SECRET}", "file": "a.env"}
    ],
    "trufflehog": {
        "SourceMetadata": {"Data": {"Filesystem": {"file": "a.env"}}},
        "DetectorName": "Key",
        "DecoderName": "PLAIN",
        "Raw": _SECRET,
        "Redacted": _SECRET[:9],
        "ExtraData": {"message": _SECRET},
    },
    "old trufflehog": [
        {
            "reason": f"Key {_SECRET}",
            "stringsFound": [_SECRET],
            "path": "a.env",
            "diff": _SECRET,
            "printDiff": _SECRET,
        }
    ],
    "trufflehog3": [
        {
            "rule": {"id": "key", "message": f"Key {_SECRET}", "severity": "HIGH"},
            "path": "a.env",
            "line": "1",
            "secret": _SECRET,
            "context": {"1": _SECRET},
            "message": _SECRET,
        }
    ],
    "detect-secrets": {
        "plugins_used": [],
        "results": {"a.env": [{"type": "Key", "hashed_secret": _SECRET, "line_number": 1}]},
    },
    "semgrep": {
        "errors": [],
        "results": [
            {
                "check_id": "generic.secrets.key",
                "path": "a.env",
                "start": {"line": 1, "col": 3},
                "end": {"line": 1, "col": 3 + len(_SECRET)},
                "extra": {
                    "message": f"Found {_SECRET}",
                    "lines": f"k={_SECRET}",
                    "fix": f"k={_SECRET[::-1]} instead of {_SECRET}",
                },
            }
        ],
    },
    "gitlab": _GITLAB,
    "github": [_GITHUB],
}


@pytest.mark.parametrize("name", _REPORTS)
def test_a_secret_stands_in_no_field_that_is_shown_or_kept(name: str) -> None:
    ((record, observation),) = _seen(_REPORTS[name])
    assert observation.kind is Kind.SECRET
    assert observation.secret == _SECRET
    assert _SECRET not in _shown(record, observation)


@pytest.mark.parametrize("blacked_out", ["REDACTED", "***REDACTED***", "kf83...", "********"])
def test_a_secret_that_the_tool_blacked_out_is_none(blacked_out: str) -> None:
    leak = {"RuleID": "key", "Secret": blacked_out, "Match": blacked_out, "File": "a.env"}
    assert _only([leak]).secret == ""


@pytest.mark.parametrize(("verified", "severity"), [(True, "critical"), (False, "unknown")])
def test_a_secret_that_was_tried_and_works_is_critical(*, verified: bool, severity: str) -> None:
    seen = _only(
        {"SourceMetadata": {}, "DetectorName": "Key", "Verified": verified, "Raw": _SECRET}
    )
    assert seen.severity is Severity(severity)


def test_a_password_in_code_is_masked_in_title_and_context() -> None:
    result = {
        "test_id": "B105",
        "issue_severity": "LOW",
        "issue_text": f"Possible hardcoded password: '{_SECRET}'",
        "code": f"7 # sign in\n8 word = '{_SECRET}'\n9 go()\n",
        "line_number": 8,
        "filename": "a.py",
    }
    seen = _only({"metrics": {"_totals": {}}, "generated_at": "", "results": [result]})
    assert seen.kind is Kind.WEAKNESS
    assert _SECRET not in repr(seen)
    assert seen.context == "word = ***"
