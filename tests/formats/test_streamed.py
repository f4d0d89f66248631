"""Every sample gives the same records however it is read: whole, in pieces, streamed, or slice by slice."""

from pathlib import Path

import pytest

from tesuri.flows.intake.inspect_reports import detect, inspect
from tesuri.model.errors import BadInput
from tesuri.model.format import Format
from tesuri.model.observation import Record, Report
from tesuri.model.report_slices import SLICE_DIGEST_BYTES
from tesuri.untrusted.byte_source import HeldBytes
from tesuri.untrusted.csv_document import read_csv
from tesuri.untrusted.csv_stream import stream_csv
from tesuri.untrusted.json_document import (
    read_json,
    read_json_lines,
    split_json,
    split_json_lines,
)
from tesuri.untrusted.json_stream import stream_json, stream_json_lines
from tesuri.untrusted.script_assignment import without_assignment
from tesuri.untrusted.xml_document import read_xml
from tesuri.untrusted.xml_stream import stream_xml

_SAMPLES = sorted(
    path
    for path in Path(__file__).parent.glob("*/*.*")
    if path.suffix in {".json", ".jsonl", ".csv", ".xml"}
    and inspect(path.read_bytes(), where=path.name).format
)
"""All that are reports; those that are refused have their golden texts."""

_SIZES = (60, 1000)
"""Bytes in memory at a time: less than a record, and some records."""


def _whole(kind: str, data: bytes) -> object:
    if kind == "xml":
        return read_xml(data, where="r")
    if kind == "csv":
        return read_csv(data, where="r")
    return (read_json if kind == "json" else read_json_lines)(data, where="r")


def _parts(kind: str, data: bytes, size: int) -> list[object]:
    source = HeldBytes(data)
    if kind == "xml":
        return [stream_xml(source, where="r", limit=size, feed=size)]
    if kind == "csv":
        return [stream_csv(source, where="r", chunk=size)]
    if kind == "jsonl":
        return [
            split_json_lines(data, where="r", split=size),
            stream_json_lines(source, where="r", chunk=size),
        ]
    return [
        split_json(data, where="r", split=0),
        split_json(data, where="r", split=size),
        stream_json(source, where="r", chunk=size, split=size),
    ]


def _report(form: Format, document: object) -> Report | str:
    try:
        return form.read(document)
    except BadInput as error:
        return str(error)


def _told(report: Report | str) -> list[object]:
    if isinstance(report, str):
        return [report]
    about = (report.tool, report.version, report.tool_version, report.target, report.scanned_at)
    return [(*about, report.configuration, report.is_complete), *report.records]


def _by_slices(report: Report) -> list[Record]:
    if report.slices is None:
        return list(report.records)
    found: list[Record] = []
    for batch in report.slices.batches():
        assert {len(digest) for digest in batch.digests} <= {SLICE_DIGEST_BYTES}
        # Backwards, because any of them may be asked for.
        found += reversed(batch.read(range(len(batch.digests))[::-1]))
        found += batch.others
    return found


@pytest.mark.parametrize("size", _SIZES)
@pytest.mark.parametrize("path", _SAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_sample_gives_the_same_records_in_parts(path: Path, size: int) -> None:
    data = path.read_bytes()
    found = detect(data, where="r")
    data = without_assignment(data)
    wanted = _told(_report(found.format, _whole(found.kind, data)))
    for document in _parts(found.kind, data, size):
        columns = getattr(document, "columns", document)
        assert found.format.recognise(columns) == found.likeness
        assert _told(_report(found.format, document)) == wanted
        report = _report(found.format, document)
        if isinstance(report, Report):
            assert sorted(map(repr, _by_slices(report))) == sorted(map(repr, wanted[1:]))
