"""What a report costs before it is looked at: only what taking it in needs is loaded."""

import json
import os
import subprocess
import sys
from pathlib import Path

_PROGRAM = """
import sys
from tesuri.cli.program import run
try:
    run(["ingest", "report.json", "--target", "shop"])
finally:
    print(sorted(set(sys.argv[1].split()) & set(sys.modules)), file=sys.stderr)
"""
_HEAVY = (
    "alembic lark tesuri.wiring.site tesuri.wiring.gates tesuri.flows.gates.gates tesuri.flows.site.survey tesuri.subjects "
    "tesuri.controls.catalogue tesuri.web litestar duckdb"
)


def test_first_report_makes_a_store_without_what_gates_pages_or_migrations_need(
    tmp_path: Path,
) -> None:
    result = {"ruleId": "a", "message": {"text": "A flaw"}, "properties": {"severity": "high"}}
    run = {"tool": {"driver": {"name": "x"}}, "results": [result]}
    report = {"version": "2.1.0", "runs": [run]}
    (tmp_path / "report.json").write_text(json.dumps(report), encoding="utf-8")
    environ = {name: text for name, text in os.environ.items() if not name.startswith("TESURI_")}
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, _HEAVY],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    )
    assert "report.json" in done.stdout
    assert done.stderr.strip() == "[]"
    assert (tmp_path / ".tesuri" / "tesuri.db").exists()
