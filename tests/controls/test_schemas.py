"""Schemas of files come first, then the published shapes, with policies in their normal form."""

import pytest

from tesuri.controls.property_paths import ResourceSchema, Schemas, check_paths
from tesuri.expressions.compile import compile_expression
from tesuri.model.errors import BadInput


def check(expression: str, kind: str) -> None:
    names = frozenset({"resource"})
    check_paths(compile_expression(expression, where="c", names=names), Schemas()[kind])


@pytest.mark.parametrize(
    ("kind", "expression"),
    [
        ("AWS::RDS::DBInstance", "resource.StorageEncrypted"),
        ("AWS::S3::Bucket", "resource.PolicyDocument.Statement.all(s, '*' in s.Action)"),
        ("AWS::EC2::VPC", "resource.FlowLogs.exists(f, f.TrafficType == 'ALL')"),
        ("AWS::IAM::Root", "size(resource.AccessKeys) == 0"),
        ("AWS::RDS::DBCluster", "resource.DeletionPolicy == 'Retain'"),
        ("AWS::RDS::DBInstance", "resource.Parameters['rds.force_ssl'] == '1'"),
    ],
)
def test_published_properties_and_ours_may_be_named(kind: str, expression: str) -> None:
    check(expression, kind)


@pytest.mark.parametrize(
    ("kind", "expression", "wrong"),
    [
        ("AWS::RDS::DBInstance", "resource.StorageEncryption", "StorageEncryption"),
        ("AWS::S3::Bucket", "resource.PolicyDocument.Statements.all(s, true)", "Statements"),
        ("AWS::EC2::VPC", "resource.FlowLogs.exists(f, f.Traffic == 'ALL')", "Traffic"),
    ],
)
def test_a_misspelt_property_is_an_error(kind: str, expression: str, wrong: str) -> None:
    with pytest.raises(BadInput, match=wrong):
        check(expression, kind)


def test_a_schema_of_a_file_wins_and_an_unknown_type_has_none() -> None:
    own = ResourceSchema("AWS::S3::Bucket", {"Ours": "string"})
    schemas = Schemas([own])

    assert schemas["AWS::S3::Bucket"] is own
    assert schemas.get("AWS::Nobody::Knows") is None
    assert "AWS::KMS::Key" in schemas
    assert len(list(schemas)) == len(schemas) > 250
