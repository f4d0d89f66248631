"""Budgets of Hamabe Market, an invented company, for the pages' tests."""

from datetime import date, datetime, timedelta
from fractions import Fraction

from tesuri.model.budget import AlertAction
from tesuri.model.control import GateAnswer, Point
from tesuri.model.decision import Outcome
from tesuri.model.finding import State
from tesuri.model.identifiers import ControlId, FindingKey, ObjectiveId, ServiceId
from tesuri.model.objective import Objective, PolicyState
from tesuri.model.severity import Severity
from tesuri.model.views import BudgetRow, Coverage
from tesuri.model.views_slo import (
    AlertKind,
    AlertRow,
    BudgetPoint,
    BurnDown,
    GateRow,
    LaneKind,
    LaneMark,
    Miss,
    NextDue,
    NotCounted,
    OnTime,
    SloListView,
    SloView,
    StateGates,
)

NOW = datetime.fromisoformat("2026-11-24T09:36:00+09:00")
HOUR, DAY = 3_600, 86_400
URGENT = ObjectiveId("out-of-cycle-7d")


def at(text: str) -> datetime:
    """Give an instant of the story, in Japan's time."""
    return datetime.fromisoformat(f"2026-{text}+09:00")


def _row(
    name: str, titles: tuple[str, str], state: PolicyState, left_allowed: tuple[int, int], miss: int
) -> BudgetRow:
    return BudgetRow(
        objective=ObjectiveId(name),
        title=titles[0],
        title_ja=titles[1],
        service=None,
        state=state,
        remaining_seconds=left_allowed[0] * HOUR,
        allowance_seconds=left_allowed[1] * HOUR,
        miss_seconds=miss * HOUR,
        owner="Payments",
        owner_ja="決済",
    )


URGENT_ROW = BudgetRow(
    objective=URGENT,
    title="Urgent findings in production are fixed within 7 days",
    title_ja="本番環境の前倒し対応を7日以内に終える",
    service=None,
    state=PolicyState.LOW,
    remaining_seconds=248 * HOUR,
    allowance_seconds=504 * HOUR,
    miss_seconds=168 * HOUR,
    outcome=Outcome.OUT_OF_CYCLE,
    owner="Payments",
    owner_ja="決済",
    late_now=1,
    open_now=11,
    zero_at=at("11-29T14:00:00"),
)
SPENT_ROW = _row(
    "access-keys-90d",
    ("Access keys are younger than 90 days", "アクセスキーを90日以内に交換する"),
    PolicyState.SPENT,
    (-40, 4320),
    2160,
)
AMPLE_ROW = _row(
    "scheduled-30d",
    ("Scheduled findings are fixed within 30 days", "計画対応を30日以内に終える"),
    PolicyState.AMPLE,
    (3744, 6480),
    720,
)
UNKNOWN_ROW = _row(
    "base-images-30d",
    ("Base images are younger than 30 days", "ベースイメージを30日以内に更新する"),
    PolicyState.UNKNOWN,
    (2880, 2880),
    720,
)
ROWS = (SPENT_ROW, URGENT_ROW, UNKNOWN_ROW, AMPLE_ROW)


def member(service: str, state: PolicyState, left: int, late: int = 0) -> BudgetRow:
    """Give the urgent objective at one service."""
    return BudgetRow(
        objective=URGENT,
        title=URGENT_ROW.title,
        title_ja=URGENT_ROW.title_ja,
        service=ServiceId(service),
        state=state,
        remaining_seconds=left * HOUR,
        allowance_seconds=168 * HOUR,
        miss_seconds=168 * HOUR,
        late_now=late,
        open_now=late + 2,
    )


MEMBERS = (
    member("payouts", PolicyState.SPENT, -2, 1),
    member("merchant-portal", PolicyState.LOW, 22),
    member("ledger", PolicyState.AMPLE, 92),
    member("payments-api", PolicyState.AMPLE, 168),
)
SLOS = SloListView(rows=ROWS, members=MEMBERS)


def _line() -> tuple[BudgetPoint, ...]:
    losses = {
        3: 6,
        4: 12,
        5: 12,
        6: 12,
        7: 12,
        8: 12,
        9: 12,
        10: 24,
        11: 24,
        12: 24,
        13: 20,
        14: 12,
        15: 4,
        20: 12,
        21: 24,
    }
    left, points = 504, []
    for day in range(23):
        moment = at("11-02T00:00:00") + timedelta(days=day)
        left -= losses.get(day, 0)
        points.append(BudgetPoint(moment, left * HOUR))
    points.append(BudgetPoint(NOW, 248 * HOUR))
    return tuple(points)


BURN_DOWN = BurnDown(
    starts_at=at("11-02T00:00:00"),
    now=NOW,
    ends_at=at("12-08T00:00:00"),
    allowance_seconds=504 * HOUR,
    miss_seconds=168 * HOUR,
    points=_line(),
    if_nothing_closed=(
        BudgetPoint(NOW, 248 * HOUR),
        BudgetPoint(at("11-26T18:00:00"), 190 * HOUR),
        BudgetPoint(at("11-28T00:00:00"), 100 * HOUR),
        BudgetPoint(at("11-29T14:00:00"), 0),
    ),
    usual_pace=(
        BudgetPoint(NOW, 248 * HOUR),
        BudgetPoint(at("11-28T00:00:00"), 178 * HOUR),
        BudgetPoint(at("12-02T00:00:00"), 178 * HOUR),
        BudgetPoint(at("12-05T00:00:00"), 93 * HOUR),
        BudgetPoint(at("12-08T00:00:00"), 93 * HOUR),
    ),
    zero_at=at("11-29T14:00:00"),
    marks=(
        LaneMark(
            LaneKind.INCIDENT,
            "INC-44",
            at("11-12T00:00:00"),
            at("11-13T12:00:00"),
            "identity outage",
        ),
        LaneMark(LaneKind.WAIVER_LAPSED, "WVR-66", at("11-20T00:00:00")),
        LaneMark(LaneKind.WAIVER_LAPSES, "WVR-77", at("11-27T17:00:00")),
    ),
)

MISSES = (
    Miss(
        "A",
        FindingKey(1171),
        "Stored script in shop reviews",
        Severity.CRITICAL,
        ServiceId("merchant-portal"),
        at("11-05T10:00:00"),
        146 * HOUR,
        State.FIXED,
        at("11-16T08:00:00"),
        "店舗レビューの格納型XSS",
    ),
    Miss(
        "B",
        FindingKey(1187),
        "Batch role can read every ledger",
        Severity.HIGH,
        ServiceId("ledger"),
        at("11-14T10:00:00"),
        76 * HOUR,
        State.FIXED,
        at("11-17T14:00:00"),
        "バッチ用ロールが全台帳を参照可能",
    ),
    Miss(
        "C",
        FindingKey(1210),
        "Session is not checked in payout export",
        Severity.HIGH,
        ServiceId("payouts"),
        at("11-22T23:36:00"),
        34 * HOUR,
        State.OPEN,
        None,
        "出金エクスポートのセッション検証漏れ",
    ),
)


def burn_alert(
    action: AlertAction,
    windows: tuple[int, int],
    threshold: str,
    findings: int,
    now: tuple[str, str],
) -> AlertRow:
    """Give one burn alert with what it sees."""
    return AlertRow(
        kind=AlertKind.BURN,
        action=action,
        long_seconds=windows[0],
        short_seconds=windows[1],
        threshold=Fraction(threshold),
        findings=findings,
        burn_long=Fraction(now[0]),
        burn_short=Fraction(now[1]),
    )


ALERTS = (
    burn_alert(AlertAction.PAGE, (6 * HOUR, HOUR), "11.2", 9, ("1.3", "1.3")),
    burn_alert(AlertAction.PAGE, (DAY, 2 * HOUR), "7", 6, ("1.3", "1.3")),
    burn_alert(AlertAction.TICKET, (3 * DAY, 6 * HOUR), "2.8", 3, ("0.6", "1.3")),
    burn_alert(AlertAction.TICKET, (7 * DAY, DAY), "1.6", 2, ("0.3", "1.3")),
    AlertRow(AlertKind.FORECAST, AlertAction.TICKET, 72 * HOUR, seconds_to_zero=5 * DAY + 5 * HOUR),
    AlertRow(AlertKind.BINOMIAL, AlertAction.TICKET, 7 * DAY, delay_seconds=DAY),
)
GATES = (
    StateGates(
        PolicyState.AMPLE,
        is_current=False,
        warns=12,
        blocks=2,
        blocking=(ControlId("s3-public-access"),),
    ),
    StateGates(
        PolicyState.LOW,
        is_current=True,
        warns=8,
        blocks=6,
        blocking=(ControlId("s3-public-access"), ControlId("pod-privileged")),
    ),
    StateGates(PolicyState.SPENT, is_current=False, warns=0, blocks=14, changes=40, would_stop=7),
    StateGates(PolicyState.BREACHED, is_current=False, warns=0, blocks=14),
    StateGates(PolicyState.UNKNOWN, is_current=False, warns=14, blocks=0),
)
ANSWERS = (
    GateRow(
        at("11-24T08:10:00"),
        "payouts#412",
        Point.PLAN,
        GateAnswer.BLOCK,
        PolicyState.LOW,
        2,
        0,
        ControlId("s3-public-access"),
    ),
    GateRow(
        at("11-24T07:02:00"),
        "ledger/deployment.yaml",
        Point.ADMISSION,
        GateAnswer.WARN,
        PolicyState.LOW,
        1,
        1,
        ControlId("pod-privileged"),
    ),
    GateRow(
        at("11-23T16:40:00"), "payments-api#988", Point.PLAN, GateAnswer.ALLOW, PolicyState.LOW
    ),
)
OBJECTIVE = Objective(
    id=URGENT,
    title=URGENT_ROW.title,
    title_ja=URGENT_ROW.title_ja,
    outcome=Outcome.OUT_OF_CYCLE,
    objective_seconds=7 * DAY,
    target=Fraction(95, 100),
    window_seconds=28 * DAY,
    agreed_by="Misaki Sato",
    agreed_on=date(2026, 10, 1),
    review_on=date(2027, 4, 1),
    source="objectives/urgent.yaml",
)
SLO = SloView(
    objective=OBJECTIVE,
    budget=URGENT_ROW,
    state_reason="49.2% of the allowance is left.",
    on_time=OnTime(57, 60, Fraction(86, 100), Fraction(99, 100)),
    burn_down=BURN_DOWN,
    misses=MISSES,
    misses_total=3,
    used_seconds=256 * HOUR,
    cost_seconds_a_day=DAY,
    due_in_window=7,
    next_due=NextDue(FindingKey(1234), at("11-26T18:00:00")),
    alerts=ALERTS,
    gates=GATES,
    answers=ANSWERS,
    not_counted=NotCounted(waived=6, unknown=2, not_yet_due=11),
    coverage=Coverage(seen=97, total=100, unknown=3),
    members=MEMBERS,
)
