"""Every sample of every format against its golden text; `make golden` rewrites them for review."""

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

from tesuri.flows.intake.inspect_reports import open_report
from tesuri.model.errors import BadInput
from tesuri.model.observation import Observation, Place, Record, Report, Suppressed

_FOLDER = Path(__file__).parent
_SAMPLES = sorted(
    path for path in _FOLDER.glob("*/*.*") if path.suffix in {".json", ".jsonl", ".csv", ".xml"}
)
_WHOLE = [path for path in _SAMPLES if "hostile" not in path.name]
_STREAMS = {"records", "slices"}
_SELDOM = {"components", "is_inventory", "rules"}
_EMPTY = ("", (), None, Place())


def _lines_of(observation: Observation) -> list[str]:
    values = {part.name: getattr(observation, part.name) for part in fields(observation)}
    # A secret must not stand in a golden file either.
    values["secret"] = "(kept)" if observation.secret else ""
    return [f"    {name}: {value!r}" for name, value in values.items() if value not in _EMPTY]


def _render_record(record: Record) -> list[str]:
    if isinstance(record, Observation):
        return [f"finding {record.pointer}", *_lines_of(record)]
    head = f"{type(record).__name__.lower()} {record.pointer}: {record.reason}"
    inner = record.observation if isinstance(record, Suppressed) else None
    return [head, *(_lines_of(inner) if inner else [])]


def _in_order(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else value


def _render(report: Report) -> str:
    about = [
        f"{part.name}: {_in_order(getattr(report, part.name))}"
        for part in fields(report)
        if part.name not in _STREAMS and (part.name not in _SELDOM or getattr(report, part.name))
    ]
    records = [line for record in report.records for line in _render_record(record)]
    return "\n".join([*about, *records, ""])


@pytest.mark.parametrize("path", _SAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_sample_reads_as_its_golden_text_says(
    path: Path, golden: Callable[[Path, str], None]
) -> None:
    try:
        text = _render(open_report(path.read_bytes(), where=path.name))
    except BadInput as error:
        text = f"refused: {error}\n"
    golden(path.with_name(f"{path.name}.golden.txt"), text)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
@pytest.mark.parametrize("path", _WHOLE, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_sample_reads_the_same_in_every_encoding(path: Path, encoding: str) -> None:
    text = path.read_bytes().decode("utf-8-sig")
    plain = _render(open_report(text.encode(), where="r"))
    assert _render(open_report(text.encode(encoding), where="r")) == plain


def test_every_format_has_samples_and_goldens() -> None:
    for folder in {path.parent for path in _SAMPLES}:
        names = {path.stem.partition(".")[0] for path in _SAMPLES if path.parent == folder}
        assert {"none", "one", "many", "hostile"} <= names, folder.name
