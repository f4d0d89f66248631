"""Two tools that say the same of one resource see one finding."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.flows.reports import Books, day, fresh_books, plain_workspace
from tesuri.model.finding import State

BUCKET = "arn:aws:s3:::shop-reports"
CONTROL = "aws-s3-bucket-public-access-blocked"
RULES = {"s3_bucket_level_public_access_block": CONTROL, "S3.8": CONTROL, "S3.9": "other-control"}


@pytest.fixture
def books() -> Iterator[Books]:
    with fresh_books() as made:
        made.workspace = replace(plain_workspace(), rule_controls=RULES)
        yield made


def prowler(check: str) -> bytes:
    finding = {
        "metadata": {
            "event_code": check,
            "product": {"name": "Prowler", "vendor_name": "Prowler", "version": "5.0.0"},
            "version": "1.4.0",
        },
        "severity": "High",
        "severity_id": 4,
        "status_code": "FAIL",
        "status": "New",
        "finding_info": {"uid": f"{check}-1", "title": "Public access is not blocked"},
        "resources": [{"uid": BUCKET, "name": "shop-reports", "type": "AwsS3Bucket"}],
        "class_uid": 2004,
        "cloud": {"account": {"uid": "111122223333"}, "provider": "aws", "region": "eu-west-1"},
        "time_dt": day(0).isoformat(),
    }
    return json.dumps([finding]).encode()


def security_hub(control: str) -> bytes:
    finding = {
        "SchemaVersion": "2018-10-08",
        "Id": f"arn:aws:securityhub:eu-west-1:111122223333:security-control/{control}/finding/1",
        "ProductArn": "arn:aws:securityhub:eu-west-1::product/aws/securityhub",
        "GeneratorId": f"security-control/{control}",
        "AwsAccountId": "111122223333",
        "Types": ["Software and Configuration Checks"],
        "CreatedAt": day(0).isoformat(),
        "UpdatedAt": day(0).isoformat(),
        "Severity": {"Label": "HIGH"},
        "Title": "S3 general purpose buckets should block public access",
        "Description": "It is not blocked.",
        "Compliance": {"Status": "FAILED", "SecurityControlId": control},
        "Resources": [{"Type": "AwsS3Bucket", "Id": BUCKET}],
        "RecordState": "ACTIVE",
        "Workflow": {"Status": "NEW"},
    }
    return json.dumps({"Findings": [finding]}).encode()


def test_rules_of_two_tools_that_one_control_says_are_one_finding(books: Books) -> None:
    books.ingest(prowler("s3_bucket_level_public_access_block"), target="111122223333")
    second = books.ingest(security_hub("S3.8"), target="111122223333")

    (found,) = books.findings()
    assert (second.placement.new, second.placement.seen_by_another) == (0, 1)
    assert len(found.tools) == 2
    assert found.state is State.OPEN


def test_rules_that_different_controls_say_stay_two(books: Books) -> None:
    books.ingest(prowler("s3_bucket_level_public_access_block"), target="111122223333")
    books.ingest(security_hub("S3.9"), target="111122223333")

    assert len(books.findings()) == 2


def test_a_rule_that_no_control_says_is_itself(books: Books) -> None:
    books.ingest(prowler("s3_bucket_object_lock"), target="111122223333")
    books.ingest(security_hub("S3.15"), target="111122223333")

    assert len(books.findings()) == 2


def snyk(*issues: tuple[str, str, str]) -> bytes:
    """Give a Snyk report: its own id, the CVE, the package."""
    vulnerabilities = [
        {
            "id": own,
            "title": f"{package}: a flaw",
            "severity": "high",
            "packageName": package,
            "moduleName": package,
            "version": "0.4.0",
            "packageManager": "npm",
            "identifiers": {"CVE": [cve] if cve else [], "CWE": ["CWE-287"]},
            "from": ["shop@1.0.0", f"{package}@0.4.0"],
        }
        for own, cve, package in issues
    ]
    return json.dumps(
        {
            "vulnerabilities": vulnerabilities,
            "ok": False,
            "dependencyCount": 10,
            "packageManager": "npm",
            "projectName": "shop",
            "path": "/shop",
        }
    ).encode()


def trivy_npm(*flaws: tuple[str, str]) -> bytes:
    """Give a Trivy report of the same application: advisory and package."""
    entries = [
        {
            "VulnerabilityID": advisory,
            "PkgName": package,
            "InstalledVersion": version,
            "Severity": "HIGH",
        }
        for advisory, package in flaws
        for version in ("0.4.0", "0.1.3")
    ]
    result = {"Target": "Node.js", "Class": "lang-pkgs", "Type": "node-pkg"}
    return json.dumps(
        {
            "SchemaVersion": 2,
            "ArtifactName": "shop",
            "ArtifactType": "container_image",
            "Results": [{**result, "Vulnerabilities": entries}],
        }
    ).encode()


def test_two_tools_on_one_application_agree_by_cve_and_package(books: Books) -> None:
    books.ingest(
        trivy_npm(("CVE-2015-9235", "jsonwebtoken"), ("CVE-2020-15084", "express-jwt")),
        target="shop",
        is_partial=True,
    )
    second = books.ingest(
        snyk(
            ("npm:jsonwebtoken:20150331", "CVE-2015-9235", "jsonwebtoken"),
            ("SNYK-JS-SANITIZEHTML-585892", "", "sanitize-html"),
        ),
        target="shop",
        is_partial=True,
    )
    assert (second.placement.new, second.placement.seen_by_another) == (1, 1)
    assert {(each.package, each.tools) for each in books.findings()} == {
        ("express-jwt", ("trivy",)),
        ("jsonwebtoken", ("snyk", "trivy")),
        ("sanitize-html", ("snyk",)),
    }
