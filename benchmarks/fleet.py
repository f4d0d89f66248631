"""A company of many services for the benchmarks: its workspace, and a store with what was found in their images.

Twenty services are scanned for real. The others are copies of their rows with names, keys and times of their own, which takes a
minute for a million findings; only the chain of the journal does not fit any more, which nothing that is measured reads.
"""

import hashlib
import random
import re
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import orjson

from benchmarks.generated import SEED, trivy

TESURI: Final = str(Path(sys.executable).with_name("tesuri"))
_TEAMS: Final = 50
_TEMPLATES: Final = 20
_DAYS: Final = 100
"""Over how many days the services were first scanned."""
_FIXED_EVERY: Final = 10
"""Every so many templates have two more scans, which find half of it."""
_TARGET: Final = b"registry.example/shop:1.0"
_EXPLOITED: Final = 3


def write_fleet(folder: Path, services: int, count: int) -> None:
    """Write a workspace with so many services, and a store with about so many findings."""
    _write_workspace(folder, services)
    names = _write_reports(folder, max(2, count // services))
    steps = [["feeds", "load", "kev.json"], ["ingest", *names]]
    for step in steps:
        subprocess.run([TESURI, *step], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    _copy(folder / ".tesuri" / "tesuri.db", services)
    subprocess.run([TESURI, "tick"], cwd=folder, check=True, stdout=subprocess.DEVNULL)


def _write_workspace(folder: Path, services: int) -> None:
    draw = random.Random(SEED)
    tiers = [draw.randrange(4) for _ in range(_TEMPLATES)]
    exposures = [draw.choice(("open", "controlled", "small")) for _ in range(_TEMPLATES)]
    numbers = range(services)
    listed: dict[str, list[dict[str, object]]] = {
        "teams": [
            {"id": f"team-{n}", "name": f"Team {n}", "capacity": "16 h"} for n in range(_TEAMS)
        ],
        "services": [
            {
                "id": f"service-{n}-s",
                "name": f"Service {n}",
                "team": f"team-{n % _TEAMS}",
                "tier": tiers[n % _TEMPLATES],
                "exposure": exposures[n % _TEMPLATES],
                "data_class": "internal",
                "scan_interval": f"{_DAYS + 30} d",
            }
            for n in numbers
        ],
        "assets": [
            {
                "id": f"image-{n}-i",
                "name": f"Image {n}",
                "service": f"service-{n}-s",
                "targets": [f"registry.example/image-{n}-i"],
                "kind": "image",
            }
            for n in numbers
        ],
    }
    (folder / "tesuri.yaml").write_text("name: Fleet\ntime_zone: UTC\n", encoding="utf-8")
    for name, records in listed.items():
        (folder / f"{name}.json").write_bytes(orjson.dumps(records))
    entries = [
        {
            "cveID": f"CVE-2026-{10_000 + n}",
            "vulnerabilityName": "Invented",
            "dateAdded": "2026-06-01",
        }
        for n in range(_EXPLOITED)
    ]
    feed = {"title": "Invented", "catalogVersion": "2026.06.01", "vulnerabilities": entries}
    (folder / "kev.json").write_bytes(orjson.dumps(feed))


def _write_reports(folder: Path, size: int) -> list[str]:
    """Write the reports of the templates in the order of their scans; give their names."""
    today = datetime.now(UTC).replace(hour=6, minute=0, second=0, microsecond=0)
    names: list[str] = []
    for number in range(_TEMPLATES):
        scans = [(size, 9)]
        if number % _FIXED_EVERY == 0:
            scans += [(size // 2, 5), (size // 2, 1)]
        for records, days in scans:
            names.append(f"report-{number}-{days}.json")
            report = _report(records, number, today - timedelta(days=days))
            (folder / names[-1]).write_bytes(report)
    return names


def _report(records: int, number: int, scanned_at: datetime) -> bytes:
    target = f"registry.example/image-{number}-i:1.0".encode()
    stamp = scanned_at.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    made = trivy(records).replace(b"package-", f"package-{number}-".encode())
    return made.replace(_TARGET, target).replace(b"2026-11-01T09:00:00Z", stamp, 1)


_SHARED_ROUNDS: Final = 5
"""After so many rounds a service meets a template and a team that met before: then a group has members of several services."""
_IMAGE = "replace({}, :image, :new_image)"
_DECISION = "replace(replace(body, :service, :new_service), :title, :new_title)"
_COPIES: Final[tuple[tuple[str, dict[str, str], str], ...]] = (
    (
        "scan",
        {"id": "id + :scan", "scope": "scope + :scope", "scanned_at": "scanned_at - :older"},
        "scope IN (SELECT id FROM scope WHERE target LIKE '%' || :image || '%' AND id < :scope_head)",
    ),
    (
        "scope",
        {"id": "id + :scope", "target": _IMAGE.format("target")},
        "target LIKE '%' || :image || '%' AND id < :scope_head",
    ),
    (
        "finding",
        {
            "id": "id + :finding",
            "identity": "randomblob(16)",
            "work_group": "work_group + :work_group",
            "asset": _IMAGE.format("asset"),
            "service": "replace(service, :service, :new_service)",
            "decision": "decision + :decision",
            **{name: f"{name} - :older" for name in ("opened_at", "closed_at", "due_at")},
        },
        "id BETWEEN :first AND :last",
    ),
    (
        "sighting",
        {
            "finding": "finding + :finding",
            "scope": "scope + :scope",
            **{name: f"{name} + :scan" for name in ("first_scan", "missed_scan", "absent_scan")},
        },
        "finding BETWEEN :first AND :last",
    ),
    (
        "decision",
        {"id": "id + :decision", "digest": f"sha256({_DECISION})", "body": _DECISION},
        "id IN (SELECT decision FROM finding WHERE id BETWEEN :first AND :last)",
    ),
    (
        "journal",
        {
            "id": "NULL",
            "finding": "finding + :finding",
            "happened_at": "happened_at - :older",
            "payload": f"redecided(replace({_IMAGE.format('payload')}, :service, :new_service), :decision)",
        },
        "finding BETWEEN :first AND :last ORDER BY id",
    ),
)
"""Table, the columns that a copy has otherwise, and the rows of one template."""
_GROUPS: Final = (
    "work_group",
    {"id": "id + :work_group", "key": "replace(key, :team, :new_team)"},
    "id IN (SELECT work_group FROM finding WHERE id BETWEEN :first AND :last)",
)


def _copy(store: Path, services: int) -> None:
    """Copy the rows of the templates until each service has its own, older from round to round."""
    base = sqlite3.connect(store)
    base.execute("PRAGMA synchronous = off")
    base.create_function("sha256", 1, _sha256, deterministic=True)
    base.create_function("redecided", 2, _redecided, deterministic=True)
    heads = {
        name: base.execute(f"SELECT max(id) FROM {name}").fetchone()[0]  # noqa: S608 - our own names
        for name in ("finding", "work_group", "scope", "scan", "decision")
    }
    ranges = {
        number: base.execute(
            "SELECT min(id), max(id) FROM finding WHERE service = ?", (f"service-{number}-s",)
        ).fetchone()
        for number in range(_TEMPLATES)
    }
    groups = _statement(base, *_GROUPS)
    statements = [_statement(base, *copied) for copied in _COPIES]
    rounds = services // _TEMPLATES
    for round_ in range(1, rounds):
        shift = {name: head * round_ for name, head in heads.items()}
        shift["work_group"] = heads["work_group"] * (round_ % _SHARED_ROUNDS)
        shift["older"] = round_ * _DAYS * 86_400 // rounds
        shift["scope_head"] = heads["scope"] + 1
        for number, (first, last) in ranges.items():
            names = _names(number, number + round_ * _TEMPLATES)
            terms = {**shift, **names, "first": first, "last": last}
            if round_ < _SHARED_ROUNDS:
                base.execute(groups, terms)
            for statement in statements:
                base.execute(statement, terms)
    base.execute(
        "UPDATE counter SET next = (SELECT max(id) + 1 FROM finding) WHERE name = 'finding'"
    )
    base.commit()
    base.close()


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _redecided(payload: str, shift: int) -> str:
    """Give a payload with the decision of the copy, as what decides again would make it."""
    return re.sub(r'(?<="decision":)\d+', lambda key: str(int(key[0]) + shift), payload, count=1)


def _statement(base: sqlite3.Connection, table: str, other: dict[str, str], rows: str) -> str:
    names = [row[1] for row in base.execute(f"PRAGMA table_info({table})")]
    values = ", ".join(other.get(name, name) for name in names)
    return f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} WHERE {rows}"  # noqa: S608 - our own names


def _names(template: int, number: int) -> dict[str, str]:
    return {
        "image": f"image-{template}-i",
        "new_image": f"image-{number}-i",
        "service": f"service-{template}-s",
        "new_service": f"service-{number}-s",
        "title": f"Service {template} ",
        "new_title": f"Service {number} ",
        "team": f"team-{template % _TEAMS}|",
        "new_team": f"team-{number % _TEAMS}|",
    }
