"""Large reports: from a file, a pipe, packed or in another encoding, in memory that does not grow with them."""

import gzip
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

_PADDING = "lorem ipsum " * 9000
_MEGABYTE = 1024 * 1024


def _finding(number: int) -> dict[str, object]:
    return {"title": f"Finding {number}", "severity": "high", "description": _PADDING}


def _json(count: int) -> Iterator[bytes]:
    yield b'{"tool": "house", "type": "audit", "findings": [\n'
    for number in range(count):
        yield json.dumps(_finding(number)).encode() + (b",\n" if number < count - 1 else b"\n")
    yield b'], "version": "7"}\n'


def _lines(count: int) -> Iterator[bytes]:
    for number in range(count):
        yield json.dumps(_trufflehog(number)).encode() + b"\n"


def _trufflehog(number: int) -> dict[str, object]:
    place = {"Data": {"Filesystem": {"file": f"notes{number}.txt"}}}
    about = {
        "SourceName": "trufflehog - filesystem",
        "DetectorName": "AWS",
        "Raw": f"AKIA{number:016}",
    }
    return {**about, "SourceMetadata": place, "Verified": False, "ExtraData": {"text": _PADDING}}


def _csv(count: int) -> Iterator[bytes]:
    yield b"Title,Severity,Description,Mitigation\n"
    for number in range(count):
        yield f'Finding {number},High,"{_PADDING}",Mend it\n'.encode()


def _xml(count: int) -> Iterator[bytes]:
    yield b'<NessusClientData_v2><Report name="weekly"><ReportHost name="web1">\n'
    for number in range(count):
        yield (
            f'<ReportItem port="443" protocol="tcp" severity="3" pluginID="{number}" pluginName="Old {number}" '
            f'pluginFamily="General"><description>{_PADDING}</description></ReportItem>\n'
        ).encode()
    yield b"</ReportHost></Report></NessusClientData_v2>\n"


def _written(path: Path, parts: Iterator[bytes]) -> Path:
    with path.open("wb") as file:
        for part in parts:
            file.write(part)
    return path


# The most memory of a process is kept over exec, and a test runner is larger than what it starts: so it is asked of
# the kernel from inside.
_MEASURED = """
import re, runpy, sys
sys.argv[0] = "tesuri"
try:
    runpy.run_module("tesuri", run_name="__main__")
finally:
    sys.stdout.flush()
    peak = re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())
    print("peak", int(peak[1]) * 1024)
"""


def _inspected(*arguments: str, stdin: bytes | None = None) -> tuple[dict[str, object], int]:
    """Give what `tesuri inspect` says and the most memory that it had, in bytes."""
    command = [sys.executable, "-c", _MEASURED, "inspect", *arguments, "--format", "jsonl"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(stdin or b"")
        process.stdin.close()
        said = process.stdout.read()
    answer, _, peak = said.rpartition(b"peak ")
    found: dict[str, object] = json.loads(answer)
    return found, int(peak)


@pytest.mark.parametrize(
    ("parts", "form"),
    [
        (_json, "generic-json"),
        (_lines, "trufflehog"),
        (_csv, "generic-csv"),
        (_xml, "nessus-xml"),
    ],
    ids=["json", "lines", "csv", "xml"],
)
def test_memory_does_not_grow_with_the_file(
    tmp_path: Path, parts: Callable[[int], Iterator[bytes]], form: str
) -> None:
    path = _written(tmp_path / "large", parts(700))
    assert path.stat().st_size > 70 * _MEGABYTE
    answer, peak = _inspected(str(path))
    assert (answer["format"], answer["findings"], answer["records"]) == (form, 700, 700)
    # The program alone takes 80 to 90 MB; the bytes of the file would come on top once, its values several times.
    assert peak < 140 * _MEGABYTE


def test_a_large_report_through_a_pipe_or_packed_or_in_utf_16_is_the_same(tmp_path: Path) -> None:
    plain = b"".join(_json(200))
    assert len(plain) > 16 * _MEGABYTE
    path = _written(tmp_path / "plain.json", iter([plain]))
    wanted, _ = _inspected(str(path))
    assert wanted["findings"] == 200
    packed = _written(tmp_path / "packed.json.gz", iter([gzip.compress(plain, 1)]))
    wide = _written(tmp_path / "wide.json", iter([plain.decode().encode("utf-16")]))
    piped, _ = _inspected("-", stdin=plain)
    for name, (answer, _) in {
        str(packed): _inspected(str(packed)),
        str(wide): _inspected(str(wide)),
        "-": (piped, 0),
    }.items():
        assert answer == {**wanted, "file": name}


def test_a_small_packed_report_is_unpacked_and_a_damaged_one_refused(tmp_path: Path) -> None:
    plain = b"".join(_json(3))
    both = gzip.compress(plain[:1000]) + gzip.compress(plain[1000:])
    answer, _ = _inspected(str(_written(tmp_path / "two.gz", iter([both]))))
    assert answer["findings"] == 3
    cut, _ = _inspected(str(_written(tmp_path / "cut.gz", iter([gzip.compress(plain)[:-20]]))))
    assert str(cut["error"]).endswith("The gzip file was cut off. Fetch it again.")
    wrong, _ = _inspected(str(_written(tmp_path / "wrong.gz", iter([b"\x1f\x8b nothing of it"]))))
    assert str(wrong["error"]).endswith("The gzip file is damaged. Fetch or pack it again.")


def test_a_zip_archive_of_one_file_is_that_report(tmp_path: Path) -> None:
    plain = b"".join(_json(3))
    path = tmp_path / "artifact.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("reports/", "")
        archive.writestr("__MACOSX/._report.json", "x")
        archive.writestr("reports/report.json", plain)
    answer, _ = _inspected(str(path))
    assert answer["findings"] == 3
    piped, _ = _inspected("-", stdin=path.read_bytes())
    assert piped == {**answer, "file": "-"}


def test_a_zip_archive_of_several_files_or_none_or_a_damaged_one_is_refused(tmp_path: Path) -> None:
    plain = b"".join(_json(3))
    for count in (0, 2):
        path = tmp_path / f"{count}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for number in range(count):
                archive.writestr(f"{number}.json", plain)
        answer, _ = _inspected(str(path))
        assert f"holds {count} files; a report is one file" in str(answer["error"])
    cut, _ = _inspected(str(_written(tmp_path / "cut.zip", iter([path.read_bytes()[:300]]))))
    assert "damaged" in str(cut["error"])
    # The place where an archive says that its list begins may be before the file.
    nowhere = (
        b"PK\x03\x04"
        + b"\x00" * 26
        + b"PK\x05\x06"
        + b"\x00" * 4
        + b"\x01\x00" * 2
        + b"\xff" * 8
        + b"\x00" * 2
    )
    none, _ = _inspected(str(_written(tmp_path / "nowhere.zip", iter([nowhere]))))
    assert "damaged" in str(none["error"])
    with zipfile.ZipFile(tmp_path / "one.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", plain)
    damaged = bytearray((tmp_path / "one.zip").read_bytes())
    damaged[len(damaged) // 4] ^= 0xFF
    wrong, _ = _inspected(str(_written(tmp_path / "wrong.zip", iter([bytes(damaged)]))))
    assert "damaged" in str(wrong["error"])


def test_a_large_file_that_breaks_off_or_is_no_report_is_refused_in_a_sentence(
    tmp_path: Path,
) -> None:
    plain = b"".join(_json(200))
    cut, _ = _inspected(str(_written(tmp_path / "cut.json", iter([plain[:-5000]]))))
    assert "cut off" in str(cut["error"])
    noise, _ = _inspected(str(_written(tmp_path / "noise", iter([b"word " * 4_000_000]))))
    assert "plain text" in str(noise["error"])
