import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tesuri.budgets.preset import read_presets
from tesuri.flows.site.load_workspace import load_workspace
from tesuri.model.errors import BadInput
from tesuri.model.estate import Exposure
from tesuri.model.identifiers import AssetId, ServiceId, TeamId
from tesuri.model.objective import PolicyState
from tesuri.model.severity import Severity
from tesuri.routing.declared.files import FOLDERS

_FOLDER = Path(__file__).parents[3] / "src/tesuri/budgets/presets"
PRESETS = read_presets({path.name: path.read_bytes() for path in _FOLDER.iterdir()})
PAGE = Path(__file__).parents[3] / "docs" / "workspace.md"
FENCE = re.compile(r"^```\w+ file=(\S+)\n(.*?)^```", re.MULTILINE | re.DOTALL)

SERVICE = b"name: Checkout\nteam: payments\n"
TEAMS = b"- {id: payments, name: Payments, capacity: 16 h}\n"
WAIVER = b"""\
scope: finding.rule == "X-1"
reason: Known and watched
requester: tanaka
approvers: [sato]
approved: 2026-11-02
expires: 2026-11-30
severity: critical
"""
INCIDENT = b"grade: breach\nservice: checkout\ndeclared: 2026-11-05T14:30:00+09:00\n"
OBJECTIVE = b"""\
objectives:
  - {id: fast, title: {en: Fast, ja: F}, outcome: immediate, within: 48h, target: 95%, window: 28d}
"""
GOOD = {
    "services/checkout.yaml": SERVICE,
    "teams.yaml": TEAMS,
    "waivers/WVR-1.yaml": WAIVER,
    "incidents/INC-1.yaml": INCIDENT,
    "objectives/fast.yaml": OBJECTIVE,
}


def refused(changes: dict[str, bytes]) -> str:
    with pytest.raises(BadInput) as caught:
        load_workspace({**GOOD, **changes})
    return str(caught.value)


def test_no_file_at_all_is_a_valid_workspace() -> None:
    workspace = load_workspace({})
    assert workspace.default_policy_state is PolicyState.UNKNOWN
    assert not workspace.fail_on_unknown
    assert not workspace.warnings


def test_every_example_of_the_page_loads_together() -> None:
    examples = {path: text.encode() for path, text in FENCE.findall(PAGE.read_text("utf-8"))}
    workspace = load_workspace(examples, presets=PRESETS)
    assert workspace.name == "Example Pay"
    assert [each.id for each in workspace.objectives][:2] == ["immediate-48h", "out-of-cycle-7d"]
    assert workspace.services[ServiceId("checkout")].exposure is Exposure.OPEN
    assert workspace.teams[TeamId("payments")].capacity_minutes == 16 * 60
    assert [asset.id for asset in workspace.assets] == [
        "batch-hosts",
        "checkout-image",
        "prod-account",
    ]
    assert workspace.efforts[1].minutes == 30
    assert workspace.mappings["pentest"]["severity"] == "Risk"
    assert not workspace.warnings


def test_the_page_has_an_example_of_every_folder_that_is_read_here() -> None:
    shown = {
        path.partition("/")[0].partition(".")[0]
        for path, _ in FENCE.findall(PAGE.read_text("utf-8"))
    }
    assert set(FOLDERS) - {"triage", "controls", "feeds"} == shown - {"tesuri"}


def test_the_file_name_is_the_id_of_a_lone_record() -> None:
    assert set(load_workspace(GOOD).services) == {"checkout"}


def test_a_date_is_a_day_of_the_time_zone_of_the_workspace() -> None:
    waiver = load_workspace({**GOOD, "tesuri.yaml": b"time_zone: Asia/Tokyo\n"}).waivers[0]
    assert waiver.approved_at == datetime(2026, 11, 1, 15, tzinfo=UTC)
    assert waiver.expires_at == datetime(2026, 11, 30, 14, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "to", "ends_at"),
    [
        (b"Asia/Tokyo", b"2026-11-02", datetime(2026, 11, 2, 15, tzinfo=UTC)),
        (b"Europe/Berlin", b"2026-10-25", datetime(2026, 10, 25, 23, tzinfo=UTC)),
        (b"Europe/Berlin", b"2026-10-25T12:00:00+01:00", datetime(2026, 10, 25, 11, tzinfo=UTC)),
    ],
)
def test_an_exclusion_reaches_to_the_very_end_of_its_last_day(
    zone: bytes, to: bytes, ends_at: datetime
) -> None:
    """On 25 October clocks in Berlin are set back: the day has 25 hours."""
    settings = b"time_zone: %b\nexclusions: [{from: 2026-10-25, to: %b, reason: r, approver: a}]\n"
    objective = OBJECTIVE.replace(b"28d", b"365d")
    files = {"tesuri.yaml": settings % (zone, to), "objectives.yaml": objective}
    (window,) = load_workspace(files).exclusions
    assert window.ends_at == ends_at


def test_two_people_and_the_first_actions_end_the_debit_of_an_incident_early() -> None:
    early = b"actions_done: 2026-11-08\nclosed: 2026-11-09\nclosed_by: [a, b]\n"
    (incident,) = load_workspace({**GOOD, "incidents/INC-1.yaml": INCIDENT + early}).incidents
    assert incident.closed_at == datetime(2026, 11, 9, tzinfo=UTC)


def test_json_and_yaml_say_the_same() -> None:
    files = {name: content for name, content in GOOD.items() if not name.startswith("services")}
    service = b'{"name": "Checkout", "team": "payments"}'
    workspace = load_workspace({**files, "services/checkout.json": service})
    assert workspace.services == load_workspace(GOOD).services


def test_an_asset_in_csv_and_in_yaml_is_the_same_but_for_its_source() -> None:
    table = b'id;service;targets;exposure;tags\nshop;checkout;"a*;b";small;"k=v;l=w"\n'
    listed = (
        b"[{id: shop, service: checkout, targets: [a*, b], exposure: small, tags: {k: v, l: w}}]"
    )
    from_csv = load_workspace({**GOOD, "assets/one.csv": table}).assets[0]
    from_yaml = load_workspace({**GOOD, "assets/one.yaml": listed}).assets[0]
    assert from_csv.id == AssetId("shop")
    assert (from_csv.targets, from_csv.tags) == (from_yaml.targets, from_yaml.tags)
    assert (from_csv.source, from_yaml.source) == ("assets/one.csv", "assets/one.yaml")


def test_a_preset_holds_after_the_own_objectives() -> None:
    settings = {"tesuri.yaml": b"preset: pci-dss\n"}
    ids = [each.id for each in load_workspace({**GOOD, **settings}, presets=PRESETS).objectives]
    assert ids[:3] == ["fast", "pci-dss-immediate-30d", "pci-dss-urgent-30d"]


def test_an_own_objective_takes_the_place_of_the_one_of_the_preset_with_its_id() -> None:
    own = OBJECTIVE.replace(b"id: fast", b"id: pci-dss-immediate-30d")
    files = {"tesuri.yaml": b"preset: pci-dss\n", "objectives.yaml": own}
    workspace = load_workspace(files, presets=PRESETS)
    found = [each for each in workspace.objectives if each.id == "pci-dss-immediate-30d"]
    assert [each.objective_seconds for each in found] == [48 * 3600]
    assert workspace.warnings == ()


def test_an_objective_that_another_one_hides_is_named_in_a_warning() -> None:
    settings = {"tesuri.yaml": b"preset: pci-dss\n"}
    (warning,) = load_workspace({**GOOD, **settings}, presets=PRESETS).warnings
    assert warning == (
        "The objective pci-dss-immediate-30d is never used: fast before it takes every finding of "
        "the outcome immediate."
    )


def test_a_preset_brings_the_decision_table_that_it_speaks_of() -> None:
    workspace = load_workspace({"tesuri.yaml": b"preset: bod-26-04\n"}, presets=PRESETS)
    assert workspace.triage_table == "cisa/bod-26-04"


def test_a_preset_with_the_table_of_another_one_is_refused() -> None:
    settings = b"preset: bod-26-04\ntriage: cert/ssvc-deployer\n"
    with pytest.raises(BadInput, match=r"speaks of the outcomes of cisa/bod-26-04, not of cert"):
        load_workspace({"tesuri.yaml": settings}, presets=PRESETS)


def test_a_preset_that_does_not_exist_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BadInput, match=r"There is no preset 'soc-2'\..*Known are: bod-26-04, "):
        load_workspace({"tesuri.yaml": b"preset: soc-2\n"}, presets=PRESETS)


def test_default_objectives_hold_only_where_none_is_declared() -> None:
    declared = load_workspace(GOOD).objectives
    assert [objective.id for objective in declared] == ["fast"]
    assert load_workspace({}, default_objectives=declared).objectives == declared


def test_a_longer_life_of_waivers_can_be_declared() -> None:
    long = WAIVER.replace(b"2026-11-30", b"2027-01-15")
    assert "30 days" in refused({"waivers/WVR-1.yaml": long})
    settings = b"longest_waivers: {critical: 90 d}\n"
    workspace = load_workspace({**GOOD, "waivers/WVR-1.yaml": long, "tesuri.yaml": settings})
    assert workspace.longest_waiver_seconds[Severity.CRITICAL] == 90 * 86_400
    assert workspace.longest_waiver_seconds[Severity.HIGH] == 90 * 86_400


@pytest.mark.parametrize(
    ("path", "content", "sentence"),
    [
        (
            "services/checkout.yaml",
            SERVICE + b"tier: 4\n",
            "services/checkout.yaml: line 3 (/tier)",
        ),
        ("services/checkout.yaml", SERVICE + b"tier: true\n", "0 to 3"),
        ("services/checkout.yaml", SERVICE + b"teir: 1\n", "'teir' is unknown"),
        ("services/checkout.yaml", SERVICE + b"exposure: public\n", "open, controlled, small"),
        ("services/checkout.yaml", SERVICE + b"scan_interval: 24\n", "number with its unit"),
        ("services/checkout.yaml", SERVICE + b"name_ja: 5\n", "in quotes"),
        ("services/checkout.yaml", SERVICE + b"modules: x\n", "A list is expected"),
        ("services/checkout.yaml", b"team: payments\n", "'name' is missing"),
        ("services/checkout.yaml", b"name: Checkout\nteam: paymants\n", "mean 'payments'"),
        ("services/checkout.yaml", b"name: [", "This is not YAML"),
        ("services/checkout.yaml", b"\xff\xfe\x00", "not valid"),
        ("services/other.yaml", b"- {id: checkout, name: Two}\n", "declared twice"),
        ("services/other.yaml", b"- {name: Two}\n", "'id' is missing"),
        ("services/other.yaml", b"just text\n", "A mapping is expected"),
        ("services/a b.yaml", b"name: Two\n", "does not have the form"),
        ("tesuri.yaml", b"nmae: x\n", "'nmae' is unknown"),
        ("tesuri.yaml", b"time_zone: Asia/Tokio\n", "No time zone"),
        ("tesuri.yaml", b"time_zone: Asia\n", "No time zone"),
        ("tesuri.yaml", b"0\n", "A mapping is expected"),
        ("tesuri.yaml", b"unknown: pass\n", "warn, block"),
        ("tesuri.yaml", b"ownership: {default: chekout}\n", "mean 'checkout'"),
        ("tesuri.yaml", b"ownership: {paths: {a/b: nobody}}\n", "(/ownership/paths/a~1b)"),
        ("tesuri.yaml", b"feeds: {kve: x}\n", "'kve' is unknown"),
        (
            "tesuri.yaml",
            b"exclusions: [{from: 2026-01-01, to: 2026-01-02, reason: r, approver: a}]\n",
            "(5 %) are allowed",
        ),
        (
            "tesuri.yaml",
            b"exclusions: [{from: 2026-01-02, to: 2026-01-01, reason: r, approver: a}]\n",
            "ends before it starts",
        ),
        ("tesuri.json", b'{"name": "x"', "cut off"),
        ("journeys/buy.yaml", b"name: Buy\nservices: [checkout, ledger]\n", "(/services/1)"),
        ("waivers/WVR-1.yaml", WAIVER.replace(b"[sato]", b"[Tanaka]"), "another person"),
        ("waivers/WVR-1.yaml", WAIVER.replace(b"[sato]", b"[]"), "Nobody approved"),
        (
            "waivers/WVR-1.yaml",
            WAIVER.replace(b"expires: 2026-11-30\n", b""),
            "'expires' is missing",
        ),
        ("waivers/WVR-1.yaml", WAIVER.replace(b"2026-11-30", b"2026-11-31"), "date or a time"),
        ("waivers/WVR-1.yaml", WAIVER.replace(b"2026-11-30", b"2026-11-01"), "ends before"),
        ("waivers/WVR-1.yaml", WAIVER.replace(b"2026-11-30", b"2026-12-30"), "longer than 30 days"),
        ("waivers/WVR-1.yaml", WAIVER.replace(b"finding.rule", b"resource.rule"), "(/scope)"),
        ("incidents/INC-1.yaml", INCIDENT + b"closed: 2026-11-09\nclosed_by: [a]\n", "two people"),
        (
            "incidents/INC-1.yaml",
            INCIDENT + b"closed: 2026-11-09\nclosed_by: [a, b]\n",
            "before the first actions",
        ),
        (
            "incidents/INC-1.yaml",
            INCIDENT + b"closed: 2026-11-09\nactions_done: 2026-11-10\nclosed_by: [a, b]\n",
            "before the first actions",
        ),
        ("incidents/INC-1.yaml", INCIDENT.replace(b"checkout", b"nobody"), "No service"),
        ("efforts.yaml", b"- {effort: 4 h}\n", "what it is for"),
        ("objectives/two.yaml", OBJECTIVE, "declared twice"),
        ("objectives/two.yaml", OBJECTIVE.replace(b"95%", b"100%"), "objectives/two.yaml"),
        ("triage/own.yaml", b"table: x\n", "triage/own.yaml"),
        ("mappings/x.yaml", b"title: 3\n", "Text is expected"),
        ("mappings/x.yaml", b"titel: Summary\n", "titel"),
        ("tesuri.yaml", b"mappings: {pentest: {severity: Risk}}\n", "(/mappings/pentest)"),
        ("assets/a.csv", b"id,nmae\nx,y\n", "line 1: The column 'nmae'"),
        ("assets/a.csv", b"id,exposure\nx,public\n", "line 2 (/exposure)"),
        ("assets/a.csv", b"id,exposure\nx,open,more\n", "line 2: The row has 3 cells"),
        ("assets/a.csv", b"name\nx\n", "'id' is missing"),
        ("assets/a.csv", b"id,targets\nx,host-*\ny,host-*\n", "claimed by x and by y"),
        ("assets/a.csv", b"id,targets\nx,ab*\ny,*ab\n", "equal right"),
        ("assets/a.csv", b"id,formerly\nx,a;y\ny,\n", "The former name 'y' of x is one of y."),
        ("assets/a.csv", b"id,formerly\nx,a\ny,a\n", "The former name 'a' of y is one of x."),
        ("assets/a.csv", b"id,targets,formerly\nx,a,\ny,,a\n", "line 3 (/formerly/0)"),
        ("assets/a.csv", b"id,formerly\nx,old-*\n", "(/formerly/0)"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(path: str, content: bytes, sentence: str) -> None:
    assert sentence in refused({path: content})


def test_problems_of_all_files_are_listed_in_order() -> None:
    text = refused(
        {"services/checkout.yaml": b"tier: 9\nx: 1\n", "teams.yaml": b"- {id: payments}\n"}
    )
    assert text.splitlines()[0] == "The workspace has 4 problems."
    places = [line.split(":")[0].strip() for line in text.splitlines()[1:]]
    assert places == ["services/checkout.yaml"] * 3 + ["teams.yaml"]


def test_at_most_twenty_problems_are_listed_and_the_rest_is_counted() -> None:
    keys = "".join(f"key{number}: 1\n" for number in range(27))
    lines = refused({"services/checkout.yaml": SERVICE + keys.encode()}).splitlines()
    assert len(lines) == 22
    assert lines[-1].strip() == "and 7 more"


def test_a_faulty_record_does_not_make_those_that_name_it_faulty() -> None:
    text = refused({"teams.yaml": b"- {id: payments, name: Payments, capcity: 4 h}\n"})
    assert text.startswith("teams.yaml: line 1 (/0/capcity)")


def test_files_that_nobody_knows_are_named_in_warnings() -> None:
    unknown = {
        "sheets/one.yaml": b"",
        "services/x.toml": b"",
        "service.yaml": b"",
        "feeds/kev.json": b"",
    }
    silent = {"README.md": b"", ".gitignore": b"", "services/.hidden.yaml": b""}
    workspace = load_workspace({**GOOD, **unknown, **silent})
    assert sorted(warning.partition(" ")[0] for warning in workspace.warnings) == sorted(unknown)


def test_own_controls_and_tables_are_kept_for_their_readers() -> None:
    workspace = load_workspace({"controls/own.yaml": b"id: x\n"})
    assert workspace.control_files == (("controls/own.yaml", b"id: x\n"),)


@pytest.mark.parametrize("written", [b"# nothing\n", b"null\n", b"{}\n"])
def test_settings_may_say_nothing(written: bytes) -> None:
    assert load_workspace({"tesuri.yaml": written}).language == "en"


def test_settings_that_are_a_list_are_refused() -> None:
    with pytest.raises(BadInput, match="list"):
        load_workspace({"tesuri.yaml": b"[]\n"})
