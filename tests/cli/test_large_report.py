"""A report that is larger than what is read at once: one process reads it, another one stores it."""

import json
import subprocess
import sys
from pathlib import Path

_RECORDS = 1500
_PROSE = "A long description. " * 600


def _write(path: Path, *, is_cut_off: bool) -> None:
    matches = [
        {
            "vulnerability": {
                "id": f"CVE-2026-{10_000 + number}",
                "severity": "High",
                "description": _PROSE,
            },
            "artifact": {"name": f"library-{number}", "version": "1.0", "type": "npm"},
        }
        for number in range(_RECORDS)
    ]
    report = {
        "matches": matches,
        "source": {"type": "image", "target": {"userInput": "shop:1"}},
        "descriptor": {"name": "grype", "version": "1", "timestamp": "2026-11-01T00:00:00Z"},
    }
    text = json.dumps(report)
    path.write_text(text[:-1000] if is_cut_off else text)


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tesuri", *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )


def test_a_large_report_is_taken_in_whole_or_not_at_all(folder: Path) -> None:
    _write(folder / "cut.json", is_cut_off=True)
    refused = _run(folder, "ingest", "cut.json")
    assert refused.returncode == 2
    assert "was cut off" in refused.stderr
    _write(folder / "whole.json", is_cut_off=False)
    taken = _run(folder, "ingest", "whole.json", "--format", "json")
    assert (taken.returncode, taken.stderr) == (0, "")
    assert json.loads(taken.stdout)["reports"][0]["new"] == _RECORDS
