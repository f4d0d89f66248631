"""Two services for the tests of the command line: `a` is in order, `b` once its old finding was taken in is not."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

EXPLOITED, OTHER = "CVE-2026-1234", "CVE-2026-7777"

FILES: Mapping[str, str] = {
    "tesuri.yaml": "name: Two services\nname_ja: 二つのサービス\n",
    "services/a.yaml": "{name: Shop window, team: blue, tier: 2, exposure: controlled}\n",
    "services/b.yaml": "{name: Checkout, name_ja: 購入手続き, team: red, tier: 0, exposure: open}\n",
    "teams.yaml": "- {id: blue, name: Blue team, capacity: 8 h}\n"
    "- {id: red, name: Red team, name_ja: 赤チーム, capacity: 8 h}\n",
    "assets/inventory.csv": "id,name,service,targets\na-image,A,a,shop-a:*\nb-image,B,b,shop-b:*\n",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What one run of the command line gave."""

    code: int
    out: str
    err: str

    def json(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.out)
        return found


def write_company(folder: Path) -> None:
    for name, text in FILES.items():
        place = folder / name
        place.parent.mkdir(exist_ok=True)
        place.write_text(text, encoding="utf-8")
    (folder / "kev.json").write_text(kev(), encoding="utf-8")
    (folder / "b.json").write_text(report("shop-b:1", EXPLOITED, days_ago=10), encoding="utf-8")
    (folder / "a.json").write_text(report("shop-a:1", OTHER, days_ago=1), encoding="utf-8")
    (folder / "plan-a.json").write_text(plan("a"), encoding="utf-8")
    (folder / "plan-b.json").write_text(plan("b"), encoding="utf-8")
    (folder / "cut.json").write_text(plan("b")[:200], encoding="utf-8")


def kev() -> str:
    added = {
        "cveID": EXPLOITED,
        "vulnerabilityName": "Shop injection",
        "dateAdded": "2026-10-01",
        "dueDate": "2026-10-22",
        "knownRansomwareCampaignUse": "Known",
    }
    today = f"{datetime.now(UTC):%Y-%m-%d}T00:00:00Z"
    head = {"catalogVersion": "2026.10.02", "dateReleased": today}
    return json.dumps({**head, "vulnerabilities": [added]})


def report(target: str, advisory: str, *, days_ago: int, title: str = "tar: setuid files") -> str:
    seen = {
        "VulnerabilityID": advisory,
        "PkgName": "tar",
        "PkgIdentifier": {"PURL": "pkg:deb/debian/tar@1.34?arch=amd64"},
        "InstalledVersion": "1.34",
        "FixedVersion": "1.35",
        "Severity": "CRITICAL",
        "Title": title,
        "CVSS": {
            "nvd": {"V3Vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "V3Score": 9.8}
        },
    }
    return json.dumps(
        {
            "SchemaVersion": 2,
            "Trivy": {"Version": "0.69.0"},
            "CreatedAt": (datetime.now(UTC) - timedelta(days=days_ago)).isoformat(),
            "ArtifactName": target,
            "Results": [
                {"Target": target, "Class": "os-pkgs", "Type": "debian", "Vulnerabilities": [seen]}
            ],
        }
    )


def plan(service: str, *, cidr: str = "0.0.0.0/0") -> str:
    ingress = {
        "from_port": 22,
        "to_port": 22,
        "protocol": "tcp",
        "cidr_blocks": [cidr],
        "description": "Shells of operators",
    }
    group = {
        "address": "aws_security_group.ssh",
        "mode": "managed",
        "type": "aws_security_group",
        "name": "ssh",
        "change": {
            "actions": ["create"],
            "after": {
                "name": "shop-ssh",
                "description": "Who may open a shell",
                "ingress": [ingress],
                "tags": {"service": service},
            },
        },
    }
    return json.dumps({"format_version": "1.2", "resource_changes": [group]})
