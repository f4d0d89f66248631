"""Inputs of any size for the benchmarks, the same at every run: reports of four formats and a plan.

Records are as large as those of real tools (a description, several links, scores of two sources). One advisory in
five records is new, the others meet it again in another package, as in the report of a large image.
"""

import random
from collections.abc import Mapping
from typing import Final, Protocol

import orjson

SEED: Final = 20_260_101
_SEVERITIES = ("LOW", "MEDIUM", "HIGH", "CRITICAL")
_SENTENCE = (
    "a flaw in the parser lets a remote attacker read memory outside the buffer by sending a header "
    "that is longer than announced so that the service stops or shows data of other users when the "
    "default configuration is kept and no proxy limits the size of requests"
)
_WORDS = tuple(_SENTENCE.split())
_VECTORS = tuple(
    f"CVSS:3.1/AV:{way}/AC:{hard}/PR:{right}/UI:N/S:U/C:{loss}/I:{loss}/A:H"
    for way in "NAL"
    for hard in "LH"
    for right in "NLH"
    for loss in "HL"
)
_TYPES = ("npm", "pypi", "maven", "golang", "cargo", "gem")
_SCANNED_AT = "2026-11-{day:02}T09:00:00Z"


def trivy(count: int, *, day: int = 1) -> bytes:
    """Give a Trivy image report; another day is another scan of the same records."""
    draw = random.Random(SEED)
    lists = [_trivy_list(number, count, draw) for number in range(0, count, 500)]
    document = {
        "SchemaVersion": 2,
        "CreatedAt": _SCANNED_AT.format(day=day),
        "ArtifactName": "registry.example/shop:1.0",
        "ArtifactType": "container_image",
        "Results": lists,
    }
    return orjson.dumps(document)


def _trivy_list(start: int, count: int, draw: random.Random) -> dict[str, object]:
    kind = _TYPES[start // 500 % len(_TYPES)]
    return {
        "Target": f"app{start // 500}/lock",
        "Class": "lang-pkgs",
        "Type": kind,
        "Vulnerabilities": [
            _trivy_record(number, count, kind, draw)
            for number in range(start, min(start + 500, count))
        ],
    }


def _trivy_record(number: int, count: int, kind: str, draw: random.Random) -> dict[str, object]:
    name, version = f"package-{number}", f"{number % 9}.{number % 17}.0"
    advisory = _advisory(number, count)
    vector = draw.choice(_VECTORS)
    return {
        "VulnerabilityID": advisory,
        "PkgID": f"{name}@{version}",
        "PkgName": name,
        "PkgIdentifier": {"PURL": f"pkg:{kind}/{name}@{version}"},
        "InstalledVersion": version,
        "FixedVersion": f"{number % 9}.{number % 17}.1",
        "Status": "fixed",
        "SeveritySource": "nvd",
        "PrimaryURL": f"https://avd.example/nvd/{advisory.lower()}",
        "Title": f"{name}: {_sentence(draw, 8)}",
        "Description": _sentence(draw, 80),
        "Severity": draw.choice(_SEVERITIES),
        "CweIDs": [f"CWE-{draw.randrange(20, 900)}"],
        "CVSS": {
            "nvd": {"V3Vector": vector, "V3Score": 7.5},
            "redhat": {"V3Vector": vector, "V3Score": 7.5},
        },
        "References": [f"https://example.org/{advisory}/{part}" for part in range(6)],
        "PublishedDate": f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}T17:15:08.997Z",
        "LastModifiedDate": "2026-10-01T10:00:00Z",
    }


def grype(count: int, *, day: int = 1) -> bytes:
    """Give a Grype report."""
    draw = random.Random(SEED + 1)
    document = {
        "matches": [_grype_match(number, count, draw) for number in range(count)],
        "source": {"type": "image", "target": {"userInput": "registry.example/pay:1.0"}},
        "descriptor": {
            "name": "grype",
            "version": "0.90.0",
            "timestamp": _SCANNED_AT.format(day=day),
        },
    }
    return orjson.dumps(document)


def _grype_match(number: int, count: int, draw: random.Random) -> dict[str, object]:
    name, version = f"library-{number}", f"{number % 9}.{number % 17}.0"
    advisory, kind = _advisory(number, count), _TYPES[number % len(_TYPES)]
    score = {"source": "nvd@nist.gov", "type": "Primary", "version": "3.1"}
    cvss = [{**score, "vector": draw.choice(_VECTORS), "metrics": {"baseScore": 7.5}}]
    return {
        "vulnerability": {
            "id": f"GHSA-{_letters(7)}-{_letters(int(advisory[9:]) // 160_000)}-{_letters(int(advisory[9:]))}",
            "dataSource": f"https://github.example/advisories/{advisory}",
            "severity": draw.choice(_SEVERITIES).title(),
            "urls": [],
            "description": _sentence(draw, 14),
            "cvss": cvss,
            "fix": {"versions": [f"{number % 9}.{number % 17}.1"], "state": "fixed"},
        },
        "relatedVulnerabilities": [
            {
                "id": advisory,
                "dataSource": f"https://nvd.example/{advisory}",
                "severity": "High",
                "urls": [f"https://example.org/{advisory}/{part}" for part in range(6)],
                "description": _sentence(draw, 80),
                "cvss": cvss,
            }
        ],
        "artifact": {
            "name": name,
            "version": version,
            "type": kind,
            "locations": [{"path": f"/app{number // 500}/lock"}],
            "purl": f"pkg:{kind}/{name}@{version}",
        },
    }


def sarif(count: int, *, day: int = 1) -> bytes:
    """Give a SARIF log of one code scanner with 200 rules."""
    draw = random.Random(SEED + 2)
    rules = [
        {
            "id": f"py.rule-{number}",
            "shortDescription": {"text": _sentence(draw, 8)},
            "fullDescription": {"text": _sentence(draw, 50)},
            "helpUri": f"https://rules.example/{number}",
            "defaultConfiguration": {"level": "warning"},
            "properties": {
                "tags": [f"CWE-{draw.randrange(20, 900)}", "security"],
                "security-severity": "7.5",
            },
        }
        for number in range(200)
    ]
    run = {
        "tool": {"driver": {"name": "Semgrep OSS", "version": "1.100.0", "rules": rules}},
        "invocations": [{"executionSuccessful": True, "endTimeUtc": _SCANNED_AT.format(day=day)}],
        "versionControlProvenance": [{"repositoryUri": "https://git.example/shop"}],
        "results": [_sarif_result(number, draw) for number in range(count)],
    }
    return orjson.dumps({"version": "2.1.0", "runs": [run]})


def _sarif_result(number: int, draw: random.Random) -> dict[str, object]:
    line = draw.randrange(1, 2000)
    region = {
        "startLine": line,
        "endLine": line + 1,
        "snippet": {"text": f"    value_{number} = read({_sentence(draw, 6)!r})"},
    }
    return {
        "ruleId": f"py.rule-{number % 200}",
        "ruleIndex": number % 200,
        "level": draw.choice(("note", "warning", "error")),
        "message": {"text": _sentence(draw, 25)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": f"src/part{number % 90}/module{number // 90}.py"},
                    "region": region,
                }
            }
        ],
        "partialFingerprints": {"matchBasedId/v1": f"{draw.getrandbits(160):040x}_0"},
    }


def ocsf(count: int, *, day: int = 1) -> bytes:
    """Give a Prowler report in OCSF: three hundred checks on many resources of one account, all failed."""
    draw = random.Random(SEED + 3)
    return orjson.dumps([_ocsf_finding(number, day, draw) for number in range(count)])


def _ocsf_finding(number: int, day: int, draw: random.Random) -> dict[str, object]:
    check, name = f"s3_check_{number % 300}", f"bucket-{number // 300}-{number % 300}"
    return {
        "message": _sentence(draw, 12),
        "metadata": {
            "event_code": check,
            "product": {"name": "Prowler", "vendor_name": "Prowler", "version": "5.0.0"},
            "version": "1.4.0",
        },
        "severity_id": 4,
        "severity": draw.choice(_SEVERITIES).title(),
        "status": "New",
        "status_code": "FAIL",
        "status_detail": _sentence(draw, 14),
        "finding_info": {
            "uid": f"{check}-{name}",
            "title": _sentence(draw, 8),
            "desc": _sentence(draw, 30),
        },
        "resources": [
            {
                "uid": f"arn:aws:s3:::{name}",
                "name": name,
                "type": "AwsS3Bucket",
                "region": "eu-west-1",
            }
        ],
        "class_uid": 2004,
        "class_name": "Detection Finding",
        "cloud": {"account": {"uid": "123456789012"}, "provider": "aws", "region": "eu-west-1"},
        "remediation": {
            "desc": _sentence(draw, 20),
            "references": [f"https://docs.example/{check}"],
        },
        "risk_details": _sentence(draw, 30),
        "time_dt": _SCANNED_AT.format(day=day),
    }


def plan(count: int) -> bytes:
    """Give a Terraform plan of so many new security groups, every fourth open to the world."""
    changes = [_group(number) for number in range(count)]
    return orjson.dumps(
        {
            "format_version": "1.2",
            "terraform_version": "1.9.0",
            "resource_changes": changes,
            "configuration": {"root_module": {}},
        }
    )


def _group(number: int) -> dict[str, object]:
    reach = "0.0.0.0/0" if number % 4 == 0 else "10.0.0.0/8"
    rule = {
        "cidr_blocks": [reach],
        "description": "",
        "from_port": 22,
        "to_port": 22,
        "protocol": "tcp",
        "ipv6_cidr_blocks": [],
        "prefix_list_ids": [],
        "security_groups": [],
        "self": False,
    }
    after = {
        "name": f"group-{number}",
        "description": "for a benchmark",
        "ingress": [rule],
        "egress": [],
    }
    return {
        "address": f"aws_security_group.group_{number}",
        "mode": "managed",
        "type": "aws_security_group",
        "name": f"group_{number}",
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": {
            "actions": ["create"],
            "before": None,
            "after": after,
            "after_unknown": {"id": True},
        },
    }


class Maker(Protocol):
    """Makes a report of so many records."""

    def __call__(self, count: int, *, day: int = 1) -> bytes:
        """Give the report; another day is another scan of the same records."""


REPORTS: Mapping[str, Maker] = {
    "trivy": trivy,
    "grype": grype,
    "sarif": sarif,
    "prowler-ocsf": ocsf,
}


def _advisory(number: int, count: int) -> str:
    return f"CVE-2026-{10_000 + number % max(1, count // 5)}"


def _sentence(draw: random.Random, words: int) -> str:
    return " ".join(draw.choices(_WORDS, k=words)).capitalize() + "."


def _letters(number: int) -> str:
    letters = "23456789cfghjmpqrvwx"
    return "".join(letters[number // 20**place % 20] for place in range(4))
