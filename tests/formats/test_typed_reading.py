"""Formats that decode straight into types read every other shape as well: a wrong value gives the same records either way."""

import copy
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tesuri.flows.intake.inspect_reports import detect
from tesuri.model.errors import BadInput
from tesuri.model.format import Format
from tesuri.untrusted.json_document import split_json

_FOLDER = Path(__file__).parent
_SAMPLES = {
    path.parent.name: orjson.loads(path.read_bytes())
    for name in ("trivy", "grype", "sarif")
    for path in (_FOLDER / name).glob("many.json")
}
_SAMPLES["prowler_ocsf"] = [
    orjson.loads(line)
    for line in (_FOLDER / "prowler_ocsf" / "many.jsonl").read_bytes().splitlines()
    if line.strip()
]
_WRONG = st.sampled_from(
    [
        None,
        True,
        0,
        -3,
        7.5,
        10**18,
        "",
        "  text  ",
        "7.5",
        "https://a.example",
        "CVE-2024-1001",
        [],
        [None],
        ["a", " b "],
        [["a"]],
        {},
        {"text": 1},
        {"id": "x", "uid": 3},
        "PASS",
        "absent",
        "é\u2028~/",
    ]
)


def _places(value: object) -> Iterator[tuple[object, str | int]]:
    """Give every place of a document at which another value can be put."""
    parts = value.items() if isinstance(value, dict) else ()
    listed = enumerate(value) if isinstance(value, list) else ()
    for key, inner in (*parts, *listed):
        yield value, key
        yield from _places(inner)


def _read(form: Format, document: object) -> list[object]:
    try:
        report = form.read(document)
    except BadInput as error:
        return [str(error)]
    about = (report.tool, report.tool_version, report.version, report.target)
    return [(*about, report.scanned_at, report.is_complete), *report.records]


@pytest.mark.parametrize("name", _SAMPLES)
@given(choice=st.data())
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_wrong_value_gives_the_same_records_typed_or_not(
    name: str, choice: st.DataObject
) -> None:
    document = copy.deepcopy(_SAMPLES[name])
    form = detect(orjson.dumps(document), where="r").format
    for _ in range(choice.draw(st.integers(1, 2))):
        parent, key = choice.draw(st.sampled_from(list(_places(document))))
        if choice.draw(st.booleans()):
            parent[key] = copy.deepcopy(choice.draw(_WRONG))  # type: ignore[index] # a key of its own parent
        else:
            del parent[key]  # type: ignore[attr-defined] # as above
        if not document:
            return
    typed = split_json(orjson.dumps(document), where="r", split=0)
    assert _read(form, typed) == _read(form, document)
