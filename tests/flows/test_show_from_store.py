import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.flows.sample_survey import CHECKOUT, DAY, HOUR, NOW, table, workspace
from tesuri.flows.budgets.show_slo import show_slo
from tesuri.flows.findings.show_findings import show_findings
from tesuri.flows.intake.ingest_report import IngestOptions, ingest_report
from tesuri.flows.pages.explain_finding import explain_finding
from tesuri.flows.pages.show_group import show_group
from tesuri.flows.pages.show_services import show_services
from tesuri.flows.pages.show_week import show_week
from tesuri.flows.site.survey import take_survey
from tesuri.model.event import EventKind
from tesuri.model.finding import State
from tesuri.model.views_findings import HistoryKind
from tesuri.model.workspace import Workspace
from tesuri.storage.database import open_engine
from tesuri.storage.store import SqlStore


def space() -> Workspace:
    """Give the sample workspace with checkout at tier 0, so that its flaws are urgent."""
    plain = workspace()
    checkout = replace(plain.services[CHECKOUT], tier=0)
    return replace(plain, services={**plain.services, CHECKOUT: checkout})


def report(*vulnerabilities: tuple[str, str]) -> bytes:
    """Give a small image report with these (advisory, package)."""
    found = [
        {
            "VulnerabilityID": advisory,
            "PkgName": package,
            "InstalledVersion": "1.0.0",
            "FixedVersion": "1.0.1",
            "Severity": "CRITICAL",
            "Title": f"Flaw in {package}",
            "CVSS": {"nvd": {"V3Vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}},
        }
        for advisory, package in vulnerabilities
    ]
    document = {
        "SchemaVersion": 2,
        "ArtifactName": "checkout-image",
        "ArtifactType": "container_image",
        "Results": [
            {
                "Target": "checkout-image",
                "Class": "os-pkgs",
                "Type": "debian",
                "Vulnerabilities": found,
            }
        ],
    }
    return json.dumps(document).encode()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """A store with three nightly scans: two flaws, of which one is gone from the second on."""
    opened = SqlStore(open_engine(f"sqlite:///{tmp_path / 'tesuri.db'}"))
    for number, vulnerabilities in enumerate(
        [
            [("CVE-2026-1001", "openssl"), ("CVE-2026-1002", "zlib")],
            [("CVE-2026-1001", "openssl")],
            [("CVE-2026-1001", "openssl")],
        ]
    ):
        at = NOW - HOUR - (2 - number) * DAY
        ingest_report(
            report(*vulnerabilities),
            where=f"scan{number}.json",
            store=opened,
            workspace=space(),
            table=table(),
            now=at,
            options=IngestOptions(scanned_at=at),
        )
    yield opened
    opened.close()


def test_what_was_ingested_is_in_every_page(store: SqlStore) -> None:
    with store.read() as reader:
        survey = take_survey(reader, space(), NOW)
        week = show_week(survey, reader, team=None)
        listed = show_findings(survey, reader, team=None, query="tool:trivy")
        closed = show_findings(survey, reader, team=None, query=listed.hidden[0].query)
        services = show_services(survey, team=None)
        (row,) = listed.rows
        group = show_group(survey, reader, row.group, table=table())
        said = explain_finding(survey, reader, row.key, table=table())
    assert [each.group for each in week.planned] == [row.group]
    assert week.planned[0].do.title == "Upgrade openssl to 1.0.1"
    assert [each.state for each in closed.rows] == [State.FIXED]
    assert (row.service, row.owner, row.package) == (CHECKOUT, "Payments", "openssl")
    assert [each.open_findings for each in services.rows if each.id == CHECKOUT] == [1]
    assert group is not None
    assert group.decision is not None
    exposure = group.decision.answers[1]
    assert (exposure.value, exposure.reason_ja != "") == ("open", True)
    assert group.owner_source.startswith("inventory")
    assert [line.kind for line in group.history][:2] == [EventKind.OPENED, EventKind.DECIDED]
    assert group.history[-1].kind is HistoryKind.NEXT_SCAN
    assert said is not None
    assert said.decision == group.decision


def test_a_budget_page_moves_with_time_while_nothing_is_written(store: SqlStore) -> None:
    with store.read() as reader:
        survey = take_survey(reader, space(), NOW)
        (row,) = show_findings(survey, reader, team=None, query="").rows
        objective = next(each.objective for each in survey.findings if each.key == row.key)
        assert objective is not None
        assert row.due_at is not None
        later = row.due_at + timedelta(hours=5)
        then = take_survey(reader, space(), later)
        views = [
            show_slo(at, reader, objective, team=None, service=CHECKOUT, controls=())
            for at in (survey, then)
        ]
    before, after = views
    assert before is not None
    assert after is not None
    assert before.used_seconds == 0
    assert after.used_seconds == 5 * 3600
    assert [miss.letter for miss in after.misses] == ["A"]


def test_a_service_that_nobody_owns_any_more_is_in_no_team(store: SqlStore) -> None:
    orphan = replace(
        space(),
        services={key: replace(each, team=None) for key, each in space().services.items()},
    )
    with store.read() as reader:
        survey = take_survey(reader, orphan, NOW)
        view = show_findings(survey, reader, team=None, query="owner:none")
    assert [row.owner for row in view.rows] == [""]
