"""A report inside a script is the value that the script assigns."""

import pytest

from tesuri.untrusted.script_assignment import without_assignment


@pytest.mark.parametrize(
    "script",
    [
        b'scoutsuite_results =\n{"a": 1}',
        b'scoutsuite_results = {"a": 1};\n',
        b'\n  var x.y={"a": 1}',
        b'const report = {"a": 1} ;',
    ],
)
def test_the_value_of_an_assignment_is_left_alone(script: bytes) -> None:
    assert without_assignment(script).strip() == b'{"a": 1}'


@pytest.mark.parametrize(
    "document", [b"", b'{"a": "x = {1}"};', b"[1]", b"a = b", b"a,b\n={", b"<a b={}>", b"run({})"]
)
def test_any_other_document_stays_as_it_is(document: bytes) -> None:
    assert without_assignment(document) == document
