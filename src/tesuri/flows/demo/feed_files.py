"""The demo company's copies of feeds, in the formats of KEV, EPSS and Metasploit. All entries are invented."""

from datetime import datetime, timedelta

from tesuri.flows.demo.story_packages import CODEC, EXPORT, OPENSSL, PARSER, QUEUE, TEMPLATE
from tesuri.flows.demo.vulnerabilities import COUNT, FIRST_NUMBER
from tesuri.flows.demo.written import Json, Value, as_bytes

_OLD_ENTRY = "CVE-2026-90009"


def kev_file(at: datetime, *, exploited_since: datetime | None) -> bytes:
    """Give the list of known exploited vulnerabilities of a day; the story's two once they are exploited."""
    names = [(_OLD_ENTRY, at - timedelta(days=150), "A mail gateway runs commands")]
    if exploited_since is not None:
        names += [(what.advisory, exploited_since, what.title) for what in (OPENSSL, EXPORT)]
    entries: list[Value] = [
        {
            "cveID": cve,
            "vulnerabilityName": title,
            "dateAdded": added.date().isoformat(),
            "dueDate": (added + timedelta(days=21)).date().isoformat(),
            "knownRansomwareCampaignUse": "Unknown",
        }
        for cve, added, title in names
    ]
    document: Json = {
        "title": "Known exploited vulnerabilities (demo)",
        "catalogVersion": at.strftime("%Y.%m.%d"),
        "dateReleased": at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "count": len(entries),
        "vulnerabilities": entries,
    }
    return as_bytes(document)


def epss_file(at: datetime, *, is_exploited: bool) -> bytes:
    """Give the scores of a day: low for the everyday, higher for the story."""
    scores = {f"CVE-2026-{FIRST_NUMBER + index * 11}": 0.0004 for index in range(COUNT)}
    scores |= {
        OPENSSL.advisory: 0.71 if is_exploited else 0.043,
        EXPORT.advisory: 0.62 if is_exploited else 0.028,
        TEMPLATE.advisory: 0.181,
        PARSER.advisory: 0.094,
        QUEUE.advisory: 0.012,
        CODEC.advisory: 0.008,
    }
    lines = [f"#model_version:v2026.03.01,score_date:{at:%Y-%m-%dT00:00:00+0000}"]
    lines.append("cve,epss,percentile")
    lines += [f"{cve},{score:.5f},{min(0.99, score * 1.3):.5f}" for cve, score in scores.items()]
    return "\n".join(lines).encode() + b"\n"


def exploit_file(at: datetime) -> bytes:
    """Give the list of public exploits as it was copied; it names no day of its own."""
    modules: Json = {
        f"auxiliary_demo/{what.package}": {
            "name": what.title,
            "fullname": f"auxiliary/demo/{what.package}",
            "references": [what.advisory],
            "mod_time": at.strftime("%Y-%m-%d %H:%M:%S +0000"),
        }
        for what in (TEMPLATE, PARSER)
    }
    return as_bytes(modules)
