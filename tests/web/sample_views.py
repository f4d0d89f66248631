"""Hamabe Market, an invented company, as the pages see it; nothing here is a real name or id."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction

from tests.web.sample_budgets import DAY, HOUR, MEMBERS, NOW, ROWS, SLO, SLOS, URGENT, at
from tests.web.sample_findings import FINDINGS, GROUP, RESOURCES
from tests.web.sample_guardrails import CONTROL, FRAMEWORK, GUARDRAILS, PORTS, WAIVER, WAIVERS
from tesuri.model.decision import Outcome
from tesuri.model.effort import Effort
from tesuri.model.estate import Exposure, Team
from tesuri.model.identifiers import (
    AssetId,
    ControlId,
    FindingKey,
    GroupKey,
    ServiceId,
    TeamId,
    WaiverId,
)
from tesuri.model.objective import PolicyState
from tesuri.model.severity import Severity
from tesuri.model.views import (
    Capacity,
    CapacitySource,
    Coverage,
    Do,
    DueWeek,
    LateNow,
    NavCounts,
    Shell,
    StaleSource,
    Waiting,
    WeekRow,
    WeekView,
    Why,
    WhyKind,
)
from tesuri.model.views_control import ControlView
from tesuri.model.views_findings import (
    FindingsView,
    GroupView,
)
from tesuri.model.views_guardrails import FrameworkView, GuardrailFilter, GuardrailsView
from tesuri.model.views_services import ServiceRow, ServicesView, UnlabelledService, UnownedAsset
from tesuri.model.views_slo import SloKey, SloListView, SloView
from tesuri.model.views_waivers import WaiversView, WaiverView

TEAMS = (
    Team(TeamId("payments"), "Payments", "決済"),
    Team(TeamId("platform"), "Platform", "プラットフォーム"),
    Team(TeamId("shop"), "Shop", "店舗"),
)
SHELL = Shell(
    company="Hamabe Market",
    company_ja="はまべマーケット",
    data_as_of=NOW - timedelta(minutes=4),
    counts=NavCounts(148, 12, 5, 48, 9),
    teams=TEAMS,
    stale_sources=(StaleSource("Trivy", NOW - timedelta(hours=31), 118),),
)


def _todo(
    rank: int,
    titles: tuple[str, str],
    severity: Severity,
    why: tuple[Why, ...],
    rest: tuple[int, str, str, str],
) -> WeekRow:
    minutes, due, service, person = rest
    due_at = at(due)
    return WeekRow(
        rank=rank,
        group=GroupKey(100 + rank),
        do=Do(*titles),
        severity=severity,
        why=why,
        effort=Effort(minutes, "median of 7 past fixes of its kind"),
        due_at=due_at,
        late_seconds=max(0, int((NOW - due_at).total_seconds())),
        services=tuple(ServiceId(name) for name in service.split()),
        owner="Payments",
        owner_ja="決済",
        person=person,
        outcome=Outcome.OUT_OF_CYCLE,
    )


PLANNED = (
    _todo(
        1,
        ("Revoke the AWS key …Q7HD", "AWSキー …Q7HD を失効させる"),
        Severity.CRITICAL,
        (Why(WhyKind.LEAKED), Why(WhyKind.CRITICAL_SERVICE, name="payments-api")),
        (60, "11-24T18:00:00", "payments-api", "Ken Tanaka"),
    ),
    _todo(
        2,
        ("Check the session in payout export", "出金エクスポートのセッション検証を直す"),
        Severity.HIGH,
        (Why(WhyKind.LATE, seconds=DAY), Why(WhyKind.KEEPS_BUDGET)),
        (180, "11-22T23:36:00", "payouts", "Priya Raman"),
    ),
    _todo(
        3,
        ("Upgrade openssl in the base image", "ベースイメージの openssl を更新"),
        Severity.CRITICAL,
        (Why(WhyKind.EXPLOITED), Why(WhyKind.OPEN_TO_INTERNET, count=4, total=23)),
        (
            240,
            "11-26T18:00:00",
            "checkout-api payments-api ledger notify search payouts portal gateway",
            "Lucas Ferreira",
        ),
    ),
    _todo(
        4,
        ("Turn off TLS 1.0 for the bank's endpoint", "銀行向けエンドポイントの TLS 1.0 を無効化"),
        Severity.MEDIUM,
        (Why(WhyKind.DUE_THIS_WEEK), Why(WhyKind.FIX_EXISTS)),
        (30, "11-27T17:00:00", "ledger", "Misaki Sato"),
    ),
    _todo(
        5,
        ("Close port 5432 on ledger-reports", "ledger-reports のポート 5432 を閉じる"),
        Severity.HIGH,
        (Why(WhyKind.SPENDS_BUDGET, at=at("11-29T14:00:00")),),
        (120, "11-27T17:00:00", "ledger", "Yuto Nakamura"),
    ),
    _todo(
        6,
        ("Replace the image signing key", "イメージ署名鍵を交換"),
        Severity.MEDIUM,
        (Why(WhyKind.CAME_BACK),),
        (90, "11-27T17:00:00", "guardrails", "Amara Okafor"),
    ),
    _todo(
        7,
        ("Give 3 findings an owner", "検出事項 3件の担当を決める"),
        Severity.LOW,
        (Why(WhyKind.UNOWNED), Why(WhyKind.UNKNOWN_INPUT, count=2)),
        (30, "11-27T17:00:00", "merchant-portal", ""),
    ),
)
LATER = (
    _todo(
        8,
        ("Rotate the ledger signing certificate", "ledger の署名証明書を更新"),
        Severity.HIGH,
        (Why(WhyKind.PUBLIC_EXPLOIT),),
        (180, "12-02T10:00:00", "ledger", "Yuto Nakamura"),
    ),
    _todo(
        9,
        ("Remove 11 roles nobody used for 180 days", "180日間未使用のロール 11件を削除"),
        Severity.MEDIUM,
        (Why(WhyKind.NO_FIX),),
        (120, "12-04T10:00:00", "a b c d e f", "Ingrid Solberg"),
    ),
    _todo(
        10,
        ("Refresh node images on two clusters", "2クラスターのノードイメージを更新"),
        Severity.UNKNOWN,
        (Why(WhyKind.LIKELY_EXPLOITED, share=Fraction(31, 100)),),
        (360, "12-08T10:00:00", "platform", "Minh Tran"),
    ),
)
WEEK = WeekView(
    starts_on=date(2026, 11, 23),
    ends_on=date(2026, 11, 29),
    capacity=Capacity(780, CapacitySource.DECLARED),
    planned_minutes=750,
    planned=PLANNED,
    later=LATER,
    later_total=14,
    carried_risk=Fraction(6, 100),
    late=LateNow(1, 1, 34 * HOUR, DAY, (ServiceId("payouts"),)),
    coverage=Coverage(1364, 1482, 118),
    waiting=Waiting(3, 9, 2, 4),
    budgets=ROWS,
    budgets_total=5,
    last_scan_at=NOW - timedelta(minutes=4),
    due_weeks=tuple(
        DueWeek(date(2026, 11, 23) + timedelta(weeks=index), count)
        for index, count in enumerate((9, 7, 3, 0, 2, 11, 0, 0, 4, 1, 0, 0, 2))
    ),
)


SERVICES = ServicesView(
    rows=tuple(
        ServiceRow(
            ServiceId(name),
            title,
            state,
            opened,
            late,
            Coverage(seen, 20, 20 - seen),
            title_ja,
            owner,
            owner_ja,
            tier,
            exposure,
            ("Buy",),
            ("購入",),
            worst,
        )
        for (name, title, title_ja, owner, owner_ja), state, (opened, late, seen), (
            tier,
            exposure,
        ), worst in (
            (
                ("payouts", "Payouts", "出金", "Payments", "決済"),
                PolicyState.SPENT,
                (14, 1, 20),
                (1, Exposure.CONTROLLED),
                MEMBERS[0],
            ),
            (
                ("merchant-portal", "Merchant portal", "店舗ポータル", "", ""),
                PolicyState.UNKNOWN,
                (9, 0, 12),
                (None, None),
                None,
            ),
            (
                ("ledger", "Ledger", "台帳", "Payments", "決済"),
                PolicyState.LOW,
                (22, 0, 20),
                (0, Exposure.SMALL),
                MEMBERS[1],
            ),
            (
                ("payments-api", "Payments API", "決済API", "Payments", "決済"),
                PolicyState.AMPLE,
                (1, 0, 20),
                (1, Exposure.OPEN),
                MEMBERS[3],
            ),
        )
    ),
    unowned=(
        UnownedAsset(
            AssetId("registry.example/hamabe/legacy-batch:1"),
            "registry.example/hamabe/legacy-batch:1",
            4,
            ("trivy",),
        ),
    ),
    unowned_total=9,
    unlabelled=(
        UnlabelledService(
            ServiceId("merchant-portal"), "Merchant portal", ("tier", "exposure"), "店舗ポータル"
        ),
    ),
)


class SamplePages:
    """Gives the sample views, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []
        self.ready = True
        self.found = FINDINGS
        self.this_week = WEEK

    def shell(self, team: TeamId | None, now: datetime) -> Shell:
        self.asked.append(("shell", team, now))
        return replace(SHELL, team=team)

    def week(self, team: TeamId | None, now: datetime) -> WeekView:
        self.asked.append(("week", team, now))
        return self.this_week

    def findings(self, query: str, cursor: str, team: TeamId | None, now: datetime) -> FindingsView:
        self.asked.append(("findings", query, cursor, team, now))
        return replace(self.found, query=query)

    def group(self, key: GroupKey, now: datetime) -> GroupView | None:
        self.asked.append(("group", key, now))
        return GROUP if key == GROUP.key else None

    def group_of(self, finding: FindingKey) -> GroupKey | None:
        return GROUP.key if finding in {row.key for row in RESOURCES} else None

    def services(self, team: TeamId | None, now: datetime) -> ServicesView:
        self.asked.append(("services", team, now))
        return SERVICES

    def slos(self, team: TeamId | None, now: datetime) -> SloListView:
        self.asked.append(("slos", team, now))
        return SLOS

    def slo(self, key: SloKey, team: TeamId | None, now: datetime) -> SloView | None:
        self.asked.append(("slo", key, team, now))
        return replace(SLO, service=key.service) if key.objective == URGENT else None

    def guardrails(
        self,
        asked: GuardrailFilter,
        state: PolicyState | None,
        team: TeamId | None,
        now: datetime,
    ) -> GuardrailsView:
        self.asked.append(("guardrails", asked, state, team, now))
        return replace(GUARDRAILS, asked=asked)

    def control(self, control: ControlId, team: TeamId | None, now: datetime) -> ControlView | None:
        self.asked.append(("control", control, team, now))
        return CONTROL if control == PORTS else None

    def frameworks(self) -> tuple[FrameworkView, ...]:
        return (FRAMEWORK,)

    def framework(self, name: str, now: datetime) -> FrameworkView:
        self.asked.append(("framework", name, now))
        return FRAMEWORK

    def waivers(self, now: datetime) -> WaiversView:
        self.asked.append(("waivers", now))
        return WAIVERS

    def waiver(self, waiver: WaiverId, now: datetime) -> WaiverView | None:
        self.asked.append(("waiver", waiver, now))
        return WAIVER if waiver == WAIVER.row.id else None

    def then(self, recorded_by: datetime) -> "SamplePages":
        del recorded_by
        return self

    def is_prepared(self) -> bool:
        return True

    def is_ready(self) -> bool:
        return self.ready
