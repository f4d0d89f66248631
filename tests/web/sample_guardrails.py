"""Controls and waivers of Hamabe Market as the pages see them; nothing here is a real name or id."""

from datetime import timedelta
from fractions import Fraction

from tests.web.sample_budgets import NOW
from tesuri.model.control import GateAnswer, Point, VerdictKind
from tesuri.model.finding import Finding, State, Work
from tesuri.model.identifiers import (
    AssetId,
    ControlId,
    FindingKey,
    GroupKey,
    Identity,
    ServiceId,
    WaiverId,
)
from tesuri.model.objective import PolicyState
from tesuri.model.observation import Kind
from tesuri.model.severity import Severity
from tesuri.model.views_control import (
    AgainstControl,
    AnsweredRequirement,
    CatalogueEntry,
    ControlView,
    Example,
)
from tesuri.model.views_guardrails import (
    Area,
    Cell,
    ControlStanding,
    Effect,
    FacetWord,
    FrameworkView,
    GuardrailRow,
    GuardrailsView,
    RequirementRow,
    SeenBy,
    Strength,
)
from tesuri.model.views_slo import GateRow
from tesuri.model.views_waivers import (
    WaiverFlaw,
    WaiverRow,
    WaiverState,
    WaiversView,
    WaiverView,
)

PORTS, ROOT = ControlId("sample-admin-ports"), ControlId("sample-root-keys")
TITLE = {"en": "Admin ports are <b>closed</b> to the world", "ja": "管理ポートを全世界に開けない"}
_CELLS = {
    Point.COMMIT: Cell(Effect.WARNS),
    Point.PLAN: Cell(Effect.BLOCKS, is_stricter=True),
    Point.TEMPLATE: Cell(Effect.BLOCKS, is_stricter=True),
    Point.ADMISSION: Cell(Effect.CANNOT, "The control does not declare this point."),
    Point.SCP: Cell(Effect.CANNOT, "a service control policy cannot see it"),
    Point.LIVE: Cell(Effect.OBSERVES),
    Point.EVENT: Cell(Effect.OBSERVES),
}
_WATCHED = {
    point: Cell(Effect.OBSERVES) if point is Point.EVENT else Cell(Effect.CANNOT, "no call")
    for point in Point
}
_STANDING = ControlStanding(3, 2, 1, NOW - timedelta(hours=2))
ROWS = (
    GuardrailRow(
        ROOT,
        {"en": "Nobody makes an access key of root", "ja": "root のアクセスキーを作らない"},
        Severity.CRITICAL,
        "AWS::CloudTrail::Event",
        Area.IDENTITY,
        Strength.WATCHES,
        _WATCHED,
        None,
        ControlStanding(),
        (),
    ),
    GuardrailRow(
        PORTS,
        TITLE,
        Severity.HIGH,
        "AWS::EC2::SecurityGroup",
        Area.NETWORK,
        Strength.STOPS,
        _CELLS,
        Fraction(37, 100),
        _STANDING,
        (WaiverId("WVR-77"),),
    ),
)
GUARDRAILS = GuardrailsView(
    state=PolicyState.LOW,
    current=PolicyState.LOW,
    counts={Strength.STOPS: 1, Strength.WATCHES: 1},
    rows=ROWS,
    facets={
        "strength": (FacetWord("stops", 1), FacetWord("watches", 1)),
        "severity": (FacetWord("critical", 1), FacetWord("high", 1)),
        "area": (FacetWord("identity", 1), FacetWord("network", 1)),
        "point": (FacetWord("plan", 1),),
        "framework": (FacetWord("house", 1, {"en": "House rules", "ja": "社内規程"}),),
    },
    point_shares={Point.PLAN: Fraction(37, 100)},
)
ENTRY = CatalogueEntry(
    control=PORTS,
    version="0123456789ab",
    title=TITLE,
    statement={"en": "Anybody can try passwords.", "ja": "誰でもパスワードを試せる。"},
    severity=Severity.HIGH,
    resource="AWS::EC2::SecurityGroup",
    area=Area.NETWORK,
    require="resource.SecurityGroupIngress.all(rule, rule.CidrIp != '0.0.0.0/0')",
    answerable="platform",
    is_always_blocking=True,
    points={PolicyState.AMPLE: _CELLS, PolicyState.LOW: _CELLS},
    remedy={
        "console": {"en": "Edit the rules.", "ja": "ルールを編集する。"},
        "cli": {"en": "aws ec2 revoke-security-group-ingress --group-id ID"},
    },
    answers_to=(
        AnsweredRequirement(
            "cis-aws-3.0",
            {"en": "CIS", "ja": "CIS"},
            "5.2",
            {"en": "Closed to IPv4", "ja": "IPv4 に開けない"},
        ),
    ),
    same_as={"prowler": ("ec2_open",)},
    good=(Example(Point.PLAN, "closed", VerdictKind.PASS, "aws_sg.a", "", "a: <1>\n"),),
    bad=(Example(Point.PLAN, "open", VerdictKind.FAIL, "aws_sg.b", "port 22 is open", "b: 2\n"),),
)
CONTROL = ControlView(
    entry=ENTRY,
    current=PolicyState.LOW,
    standing=_STANDING,
    findings=(
        AgainstControl(
            FindingKey(1),
            "port 22 <i>is open</i>",
            "sg-1",
            ServiceId("ledger"),
            State.OPEN,
            None,
            is_undeployed=False,
            opened_at=NOW - timedelta(days=3),
            due_at=NOW + timedelta(days=3),
            late_seconds=0,
        ),
    ),
    findings_total=1,
    waivers=((WaiverId("WVR-77"), NOW + timedelta(days=3)),),
    answers=(
        GateRow(
            NOW - timedelta(hours=7),
            "plan.json",
            Point.PLAN,
            GateAnswer.BLOCK,
            PolicyState.LOW,
            1,
            0,
            PORTS,
        ),
    ),
)


def _waiver(
    name: str, state: WaiverState, *, days: int, flaws: tuple[WaiverFlaw, ...]
) -> WaiverRow:
    return WaiverRow(
        id=WaiverId(name),
        state=state,
        state_reason="",
        scope='finding.service == "ledger"',
        violations=(),
        reason="The bank speaks <u>TLS 1.0</u> only.",
        requester="Ken Tanaka",
        approvers=("Misaki Sato", "Ingrid Solberg"),
        created_at=NOW - timedelta(days=62),
        approved_at=NOW - timedelta(days=60),
        expires_at=NOW + timedelta(days=days),
        review_on=None,
        days_left=max(0, days),
        life_days=60 + days,
        longest_days=90,
        renewals=2,
        severity=Severity.HIGH,
        exposure=None,
        compensating_control="An allow list",
        flaws=flaws,
        findings=4 if state is WaiverState.ACTIVE else 0,
        voided=0,
        services=(ServiceId("ledger"),),
        used_at=None,
        source="waivers/WVR-77.yaml",
    )


_ACTIVE = _waiver(
    "WVR-77",
    WaiverState.ACTIVE,
    days=3,
    flaws=(WaiverFlaw.ENDS_SOON, WaiverFlaw.RENEWED_OFTEN),
)
WAIVERS = WaiversView(
    rows=(_ACTIVE, _waiver("WVR-52", WaiverState.EXPIRED, days=-9, flaws=(WaiverFlaw.EXPIRED,))),
    accepted_findings=4,
    accepted_before_deployment=1,
    is_use_known=True,
)
WAIVER = WaiverView(
    row=_ACTIVE,
    findings=(
        Finding(
            key=FindingKey(44),
            identity=Identity(b"sample"),
            episode=1,
            kind=Kind.MISCONFIGURATION,
            rule="tls",
            title="Listener accepts TLS 1.0",
            severity=Severity.MEDIUM,
            state=State.WAIVED,
            work=Work.NEW,
            group=GroupKey(9),
            opened_at=NOW - timedelta(days=63),
            asset=AssetId("bank-gateway"),
            service=ServiceId("ledger"),
            waiver=WaiverId("WVR-77"),
        ),
    ),
    voided=(),
    history=(),
)

_LOOKED_AT = ControlStanding(observed_at=NOW - timedelta(days=1))
_NETWORK = {"en": "Networking", "ja": "ネットワーク"}


def _requirement(
    identity: str, asks: str, asks_ja: str, *controls: SeenBy, unseen: str = ""
) -> RequirementRow:
    return RequirementRow(
        requirement=identity,
        title={"en": asks, "ja": asks_ja},
        group="5",
        group_title=_NETWORK,
        framework="sample-1.0",
        controls=controls,
        unseen={"en": unseen, "ja": "設定には現れません。"} if unseen else {},
    )


FRAMEWORK = FrameworkView(
    id="sample-1.0",
    aliases=("sample",),
    title={"en": "Sample <i>benchmark</i> 1.0", "ja": "サンプル基準 1.0"},
    source={"en": "Nobody, version 1.0", "ja": "Nobody, version 1.0"},
    rows=(
        _requirement(
            "5.1",
            "No admin port is open to the world",
            "管理ポートを全世界に開けない",
            SeenBy(
                PORTS,
                TITLE,
                (Point.PLAN, Point.TEMPLATE, Point.LIVE),
                ControlStanding(open=3, observed_at=NOW - timedelta(hours=4)),
            ),
        ),
        _requirement(
            "5.2",
            "The root user has no keys",
            "ルートユーザーにキーがない",
            SeenBy(
                ROOT, {"en": "No root keys", "ja": "ルートキーがない"}, (Point.LIVE,), _LOOKED_AT
            ),
        ),
        _requirement(
            "5.3",
            "Sign-ins of the root user are told",
            "ルートのサインインを知らせる",
            SeenBy(
                ROOT, {"en": "No root keys", "ja": "ルートキーがない"}, (Point.LIVE,), _LOOKED_AT
            ),
            SeenBy(PORTS, TITLE, (Point.EVENT,), ControlStanding()),
        ),
        _requirement(
            "5.4",
            "Contact details are current",
            "連絡先が最新である",
            unseen="No configuration shows <who> answers.",
        ),
    ),
)
