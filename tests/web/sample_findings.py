"""Findings of Hamabe Market, an invented company, for the pages' tests."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from tests.web.sample_budgets import DAY, HOUR, NOW, SLO, URGENT, at
from tesuri.model.decision import Outcome
from tesuri.model.effort import Effort
from tesuri.model.event import EventKind
from tesuri.model.finding import State, Work
from tesuri.model.identifiers import (
    AssetId,
    ControlId,
    FindingKey,
    GroupKey,
    ServiceId,
    WaiverId,
)
from tesuri.model.objective import PolicyState
from tesuri.model.severity import Severity
from tesuri.model.views import (
    Do,
)
from tesuri.model.views_findings import (
    DecisionPath,
    Facet,
    FacetValue,
    FindingRow,
    FindingsView,
    GroupView,
    GuardedBy,
    Hidden,
    HiddenReason,
    HistoryKind,
    HistoryLine,
    LateEffect,
    NextStep,
    PathAnswer,
    QueryError,
    Remedy,
)


def finding_row(
    key: int, title: str, asset: str, service: str, tools: str, *, work: Work = Work.IN_PROGRESS
) -> FindingRow:
    """Give an open finding that is due on Thursday."""
    return FindingRow(
        key=FindingKey(key),
        group=GroupKey(103),
        title=title,
        severity=Severity.CRITICAL,
        state=State.OPEN,
        work=work,
        asset=AssetId(asset),
        first_seen_at=NOW - timedelta(days=5),
        service=ServiceId(service),
        outcome=Outcome.OUT_OF_CYCLE,
        due_at=at("11-26T18:00:00"),
        tools=tuple(tools.split()),
    )


_OPENSSL = "A crafted certificate can run code in openssl 3.0.7"
RESOURCES = (
    finding_row(
        1234,
        _OPENSSL,
        "registry.example/hamabe/checkout-api:4.18.2",
        "checkout-api",
        "trivy inspector",
    ),
    finding_row(
        1235,
        _OPENSSL,
        "registry.example/hamabe/payments-api:1.8.2",
        "payments-api",
        "trivy inspector",
    ),
    finding_row(
        1236,
        _OPENSSL,
        "registry.example/hamabe/merchant-portal:9.0.1",
        "merchant-portal",
        "trivy",
        work=Work.TRIAGED,
    ),
    finding_row(
        1237,
        _OPENSSL,
        "registry.example/hamabe/mobile-gateway:2.40.0",
        "mobile-gateway",
        "trivy",
        work=Work.AWAITING_VERIFICATION,
    ),
    finding_row(
        1238, _OPENSSL, "registry.example/hamabe/ledger:7.3.5", "ledger", "trivy inspector"
    ),
    replace(
        finding_row(
            1239,
            _OPENSSL,
            "registry.example/hamabe/notify:0.92.4",
            "notify",
            "inspector",
            work=Work.NEW,
        ),
        is_stale=True,
    ),
)
FINDINGS = FindingsView(
    query="state:open severity:critical",
    rows=(
        replace(
            RESOURCES[0],
            title_ja="細工された証明書により openssl 3.0.7 で任意のコードが実行される恐れ",
            is_exploited=True,
        ),
        replace(
            finding_row(
                1210,
                "Session is not checked in payout export",
                "payouts",
                "payouts",
                "semgrep codeql review",
            ),
            severity=Severity.HIGH,
            late_seconds=34 * HOUR,
            due_at=at("11-22T23:36:00"),
            place="src/export/session.py:88",
            title_ja="出金エクスポートのセッション検証漏れ",
        ),
        replace(
            finding_row(
                1260,
                "Bucket <b>statements</b> is public",
                "arn:aws:s3:::hamabe-statements",
                "ledger",
                "prowler",
            ),
            came_back=True,
            severity=Severity.MEDIUM,
            outcome=None,
            due_at=None,
        ),
        replace(
            finding_row(
                1300, "Old jQuery in the shop", "registry.example/hamabe/shop:3.1.0", "shop", "zap"
            ),
            severity=Severity.LOW,
            service=None,
            outcome=Outcome.SCHEDULED,
            due_at=at("12-20T10:00:00"),
        ),
    ),
    total=148,
    groups=61,
    hidden=(
        Hidden(HiddenReason.WAIVED, 5, "has:waiver", (WaiverId("WVR-70"),)),
        Hidden(HiddenReason.FALSE_POSITIVE, 2, "state:false-positive"),
    ),
    next_cursor="MTIz",
    facets=(
        Facet(
            "severity",
            (
                FacetValue("critical", 6, is_chosen=True),
                FacetValue("high", 31),
                FacetValue("medium", 77),
                FacetValue("low", 34),
            ),
        ),
        Facet("state", (FacetValue("open", 148, is_chosen=True), FacetValue("fixed", 902))),
        Facet(
            "outcome",
            (
                FacetValue("immediate", 1),
                FacetValue("out-of-cycle", 12),
                FacetValue("scheduled", 120),
            ),
        ),
        Facet("service", (FacetValue("ledger", 22), FacetValue("payouts", 14))),
    ),
    all_findings=1050,
    last_scan_at=NOW,
)
NOTHING_MATCHES = replace(
    FINDINGS,
    query="sevrity:high",
    rows=(),
    total=0,
    groups=0,
    hidden=(),
    next_cursor="",
    errors=(QueryError("sevrity:high", "There is no field sevrity.", "Did you mean severity?"),),
)
NOTHING_YET = FindingsView(query="", rows=(), total=0)


def _answer(
    question: str,
    options: str,
    value: str,
    reason: tuple[str, str],
    source: str,
    *,
    age: timedelta | None,
) -> PathAnswer:
    return PathAnswer(
        question,
        tuple(options.split()),
        value,
        reason[0],
        source,
        reason[1],
        NOW - age if age else None,
        is_default=age is None,
    )


DECISION = DecisionPath(
    table="cert/ssvc-deployer 1.0.0",
    row=62,
    rows=72,
    outcome=Outcome.OUT_OF_CYCLE,
    answers=(
        _answer(
            "exploitation",
            "active poc none",
            "active",
            (
                "CVE-2026-90412 is in the KEV list since 2026-11-21.",
                "CVE-2026-90412 は 2026-11-21 から KEV に掲載されています。",
            ),
            "KEV 2026-11-24",
            age=timedelta(hours=6),
        ),
        _answer(
            "exposure",
            "open controlled small",
            "controlled",
            (
                "The asset checkout-api is declared controlled.",
                "資産 checkout-api は controlled と宣言されています。",
            ),
            "services/checkout.yaml",
            age=timedelta(minutes=41),
        ),
        _answer(
            "automatable",
            "yes no",
            "yes",
            (
                "The report gives no CVSS vector; taken as automatable.",
                "CVSS ベクトルがないため、自動化可能とみなします。",
            ),
            "",
            age=None,
        ),
        _answer(
            "human_impact",
            "very-high high medium low",
            "high",
            ("The service checkout-api is tier 1.", "サービス checkout-api は tier 1 です。"),
            "services/checkout.yaml",
            age=timedelta(days=3),
        ),
    ),
    decided_at=NOW - timedelta(days=3),
    would_change=(NextStep("exposure", "open", Outcome.IMMEDIATE),),
)
GROUP = GroupView(
    key=GroupKey(103),
    do=Do("Upgrade openssl in the base image", "ベースイメージの openssl を更新"),
    title=_OPENSSL,
    title_ja="細工された証明書により openssl 3.0.7 で任意のコードが実行される恐れ",
    severity=Severity.CRITICAL,
    work=Work.IN_PROGRESS,
    state=State.OPEN,
    rows=RESOURCES,
    total=18,
    first_seen_at=NOW - timedelta(days=5),
    owner="Platform",
    owner_ja="プラットフォーム",
    owner_source="CODEOWNERS",
    outcome=Outcome.OUT_OF_CYCLE,
    due_at=at("11-26T18:00:00"),
    advisories=("CVE-2026-90412", "GHSA-xxxx-90aa-hmbe"),
    services=tuple(
        ServiceId(name)
        for name in [
            "checkout-api",
            "payments-api",
            "merchant-portal",
            "mobile-gateway",
            "ledger",
            "notify",
        ]
    ),
    open_to_internet=4,
    tools=("trivy", "inspector"),
    cvss_score=9.8,
    cvss_vector="CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
    epss=Fraction(412, 1000),
    exploited_since=at("11-21T09:00:00"),
    decision=DECISION,
    hidden=(Hidden(HiddenReason.WAIVED, 5, "has:waiver", (WaiverId("WVR-70"),)),),
    effort=Effort(240, "median of 7 past fixes of its kind"),
    effect=LateEffect(
        URGENT,
        SLO.objective.title,
        SLO.objective.title_ja,
        7 * DAY,
        DAY,
        PolicyState.LOW,
        248 * HOUR,
        1,
    ),
    remedy=Remedy(
        "openssl",
        ("3.0.7",),
        ("3.0.16", "3.2.4"),
        "Rebuild on the base image 2026.11.2. Ledger needs a restart window.",
        "",
        ("https://advisories.example/openssl/90412",),
    ),
    guarded_by=(
        GuardedBy(
            ControlId("no-exploited-dependency"),
            "No dependency with a known exploited flaw",
            "悪用が確認された依存を使わない",
        ),
    ),
    history=(
        HistoryLine(EventKind.OPENED, NOW - timedelta(days=5), "scan:trivy", count=18),
        HistoryLine(
            EventKind.DECIDED, NOW - timedelta(days=3), "feed:kev", "scheduled → out-of-cycle"
        ),
        HistoryLine(EventKind.WORK_CHANGED, NOW - timedelta(days=2), "Lucas Ferreira"),
        HistoryLine(HistoryKind.NEXT_SCAN, at("11-24T12:00:00"), is_to_come=True),
    ),
)
