"""One Checkov run as JSON, which names resources and code, and as SARIF, which names rule, file and line."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

NAMES = {
    "CKV_AWS_18": "Access logging",
    "CKV_AWS_19": "Encryption at rest",
    "CKV_AWS_21": "Versioning",
}


@dataclass(frozen=True, slots=True)
class Spot:
    """One failed check."""

    resource: str = "logs"
    line: int = 10
    rule: str = "CKV_AWS_21"
    path: str = "main.tf"
    code: str = ""

    @property
    def text(self) -> str:
        return self.code or f'resource "aws_s3_bucket" "{self.resource}" {{}}\n'


def checkov_json(spots: Sequence[Spot], *, folder: str = "") -> bytes:
    """Give the report as JSON; `folder` is where Checkov was pointed at, which only SARIF names."""
    failed = [
        {
            "check_id": each.rule,
            "check_name": NAMES[each.rule],
            "check_result": {"result": "FAILED"},
            "resource": f"aws_s3_bucket.{each.resource}",
            "file_path": f"/{each.path.removeprefix(folder)}",
            "file_line_range": [each.line, each.line + 7],
            "code_block": [[each.line, each.text]],
            "severity": None,
        }
        for each in spots
    ]
    return json.dumps(
        {
            "check_type": "terraform",
            "results": {"failed_checks": failed, "skipped_checks": [], "passed_checks": []},
            "summary": {"checkov_version": "3.2.0"},
        }
    ).encode()


def checkov_sarif(spots: Sequence[Spot], *, has_code: bool = True) -> bytes:
    """Give the report as SARIF."""
    results = [
        {
            "ruleId": each.rule,
            "level": "error",
            "message": {"text": NAMES[each.rule]},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": each.path},
                        "region": {
                            "startLine": max(1, each.line),
                            "endLine": each.line + 7,
                            **({"snippet": {"text": each.text}} if has_code else {}),
                        },
                    }
                }
            ],
        }
        for each in spots
    ]
    rules = [{"id": rule, "shortDescription": {"text": name}} for rule, name in NAMES.items()]
    driver = {"name": "Checkov", "version": "3.2.0", "rules": rules}
    return json.dumps(
        {"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}
    ).encode()
