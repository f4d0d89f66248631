"""The generated property names are what the published schemas say today, with ours beside them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tesuri.model.resource_shape import is_published, resource_shape, resource_types
from tools.resource_shapes import TARGET, published_schemas, rendered


def test_the_module_is_what_the_tool_writes(golden: Callable[[Path, str], None]) -> None:
    pytest.importorskip("cfnlint", reason="cfn-lint carries the published schemas")
    golden(TARGET, rendered(published_schemas()))


def test_every_type_has_a_shape_of_known_words() -> None:
    words = {"string", "integer", "number", "boolean", "map", "policy"}

    def leaves(shape: object) -> set[object]:
        if isinstance(shape, dict):
            return {leaf for part in shape.values() for leaf in leaves(part)}
        if isinstance(shape, list):
            assert len(shape) == 1
            return leaves(shape[0])
        return {shape}

    for kind in resource_types():
        assert leaves(resource_shape(kind)) <= words, kind


def test_names_of_ours_are_marked() -> None:
    assert is_published("AWS::S3::Bucket")
    assert not is_published("AWS::IAM::Root")
    assert resource_shape("AWS::Nobody::Knows") is None
    bucket = resource_shape("AWS::S3::Bucket")
    assert bucket is not None
    assert bucket["PolicyDocument"] == "policy"
    assert bucket["BucketName"] == "string"
