"""A part whose whole is not in the change is judged by what it tells; the whole is judged where it stands."""

from pathlib import Path
from typing import Final

from tesuri.flows.gates.source_kinds import SourceKind
from tesuri.model.control import VerdictKind
from tesuri.settings import read_settings
from tesuri.wiring.gates import GateSite

SITE: Final = GateSite(read_settings({}, Path("/")))


def said(resources: str) -> dict[str, VerdictKind]:
    report = SITE.check_source(
        SourceKind.TEMPLATE,
        f"Resources:\n  A:\n{resources}".encode(),
        where="stack.yaml",
        repository="",
        fail_on_unknown=False,
    )
    return {one.verdict.control: one.verdict.kind for one in report.rulings}


def test_a_permission_says_nothing_of_the_tracing_of_its_function() -> None:
    found = said("""
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: other, Action: 'lambda:InvokeFunction', Principal: s3.amazonaws.com}
""")

    assert found["aws-lambda-permission-source"] is VerdictKind.FAIL
    assert "aws-lambda-function-tracing" not in found


def test_what_a_part_tells_and_nobody_knows_stays_unknown() -> None:
    found = said("""
    Type: AWS::S3::BucketPolicy
    Properties: {Bucket: other, PolicyDocument: !ImportValue policy}
""")

    assert found["aws-s3-bucket-tls-only"] is VerdictKind.UNKNOWN
    assert "aws-s3-bucket-versioning" not in found


def test_a_resource_of_which_nothing_is_known_is_unknown() -> None:
    found = said("""
    Type: AWS::Lambda::Function
    Properties: {Fn::Transform: {Name: AWS::Include}}
""")

    assert found["aws-lambda-function-tracing"] is VerdictKind.UNKNOWN
