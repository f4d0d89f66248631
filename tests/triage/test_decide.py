import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import tesuri.triage
from tesuri.model.decision import Answer, Outcome
from tesuri.model.errors import BadInput
from tesuri.model.estate import Asset, Exposure, Layer, Service
from tesuri.model.identifiers import AssetId, ServiceId
from tesuri.model.observation import Cvss, Kind
from tesuri.model.severity import Severity
from tesuri.model.signal import EpssScore, Exploit, FeedHeader, FeedName, KevEntry, Signals
from tesuri.triage.decide import Step, answers_of, decide, rank, replay, what_would_change
from tesuri.triage.facts import Facts
from tesuri.triage.severity_vector import ExploitMaturity, read_vector
from tesuri.triage.signals import SignalIndex, signals_of
from tesuri.triage.table import DecisionTable, read_table
from tesuri.triage.wording import _TEMPLATES, reason_text, sentence

TABLES = Path(tesuri.triage.__file__).parent / "tables"
CVE = "CVE-2026-1234"
KEV_COPY = FeedHeader(FeedName.KEV, date(2026, 7, 16), "00", 1)
EPSS_COPY = FeedHeader(FeedName.EPSS, date(2026, 7, 15), "00", 1)
LISTED = KevEntry(CVE, date(2026, 3, 1))
QUIET = Signals(snapshots=(EPSS_COPY, KEV_COPY), cves=(CVE,))
REMOTE = Cvss(9.8, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")
SERVICE = Service(ServiceId("checkout"), "Checkout", tier=0, exposure=Exposure.OPEN)
FACTS = Facts(Kind.VULNERABILITY, Severity.CRITICAL, QUIET, REMOTE, service=SERVICE)
KNOWN_EXPLOITED = replace(FACTS, signals=replace(QUIET, kev=LISTED))


def table(name: str = "ssvc-deployer") -> DecisionTable:
    return read_table((TABLES / f"{name}.yaml").read_bytes(), where=name)


def answer(facts: Facts, question: str) -> Answer:
    return next(given for given in answers_of(facts) if given.question == question)


def test_known_exploited_open_and_vital_is_immediate() -> None:
    decision = decide(answers_of(KNOWN_EXPLOITED), table())
    assert decision.outcome is Outcome.IMMEDIATE
    assert [given.value for given in decision.answers] == ["active", "open", "yes", "very-high"]
    assert decision.table == "cert/ssvc-deployer 1.0.0"
    assert table().rows[decision.row].answers == ("active", "open", "yes", "very-high")


def test_nothing_known_takes_the_defaults_and_says_so() -> None:
    decision = decide(answers_of(Facts(Kind.VULNERABILITY, Severity.CRITICAL)), table())
    assert decision.outcome is Outcome.SCHEDULED
    assert [given.value for given in decision.answers] == ["none", "open", "yes", "low"]
    assert all(given.is_default and given.observed_at is None for given in decision.answers)


def test_a_quiet_list_is_an_answer_and_an_absent_list_is_none() -> None:
    assert not answer(FACTS, "exploitation").is_default
    assert "KEV 2026-07-16" in answer(FACTS, "exploitation").source
    assert answer(FACTS, "exploitation").observed_at == datetime(2026, 7, 15, tzinfo=UTC)
    without = replace(FACTS, signals=replace(QUIET, snapshots=(EPSS_COPY,)))
    assert answer(without, "exploitation").is_default
    unnamed = replace(FACTS, signals=replace(QUIET, cves=()))
    assert answer(unnamed, "exploitation").is_default


@pytest.mark.parametrize(
    ("signals", "value"),
    [
        (replace(QUIET, epss=EpssScore(CVE, 0.0999)), "none"),
        (replace(QUIET, epss=EpssScore(CVE, 0.10)), "poc"),
        (replace(QUIET, epss=EpssScore(CVE, 0.99)), "poc"),
        (replace(QUIET, exploits=(Exploit(CVE, FeedName.METASPLOIT),)), "poc"),
        (replace(QUIET, kev=LISTED, epss=EpssScore(CVE, 0.01)), "active"),
    ],
)
def test_exploitation_follows_the_strongest_signal(signals: Signals, value: str) -> None:
    assert answer(replace(FACTS, signals=signals), "exploitation").value == value


@pytest.mark.parametrize(
    ("vector", "automatable", "impact", "exploitation"),
    [
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "yes", "total", "none"),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H/E:P", "no", "total", "poc"),
        ("CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "no", "total", "none"),
        (
            "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:N/VA:N/SC:H/SI:H/SA:H",
            "yes",
            "partial",
            "none",
        ),
        ("AV:N/AC:L/Au:N/C:P/I:P/A:P/E:POC", "yes", "partial", "poc"),
        ("no vector", "yes", "total", "none"),
    ],
)
def test_the_vector_answers_what_it_knows(
    vector: str, automatable: str, impact: str, exploitation: str
) -> None:
    facts = replace(FACTS, cvss=Cvss(5.0, vector))
    found = [
        answer(facts, question).value
        for question in ("automatable", "technical_impact", "exploitation")
    ]
    assert found == [automatable, impact, exploitation]
    assert answer(facts, "automatable").is_default == (vector == "no vector")


def test_a_vector_without_maturity_claims_none() -> None:
    vector = read_vector("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N")
    assert vector is not None
    assert vector.maturity is ExploitMaturity.NOT_SAID


@pytest.mark.parametrize(
    ("asset", "service", "value", "source"),
    [
        (Exposure.SMALL, SERVICE, "small", "asset a"),
        (None, SERVICE, "open", "service checkout"),
        (None, replace(SERVICE, exposure=None), "open", "SSVC default"),
        (
            None,
            replace(SERVICE, exposure=None, layer=Layer.CLUSTER),
            "controlled",
            "layer of checkout",
        ),
        (None, replace(SERVICE, exposure=None, layer=Layer.APPLICATION), "open", "SSVC default"),
        (None, None, "open", "SSVC default"),
    ],
)
def test_exposure_comes_from_the_nearest_label(
    asset: Exposure | None, service: Service | None, value: str, source: str
) -> None:
    facts = replace(FACTS, asset=Asset(AssetId("a"), "a", exposure=asset), service=service)
    found = answer(facts, "exposure")
    assert (found.value, found.source) == (value, source)
    assert found.is_default == (source == "SSVC default")


@pytest.mark.parametrize(
    ("tier", "value"), [(3, "low"), (2, "medium"), (1, "high"), (0, "very-high")]
)
def test_human_impact_comes_from_the_tier(tier: int, value: str) -> None:
    facts = replace(FACTS, service=replace(SERVICE, tier=tier))
    assert answer(facts, "human_impact").value == value


@pytest.mark.parametrize(
    ("facts", "exploitation", "automatable"),
    [
        (replace(FACTS, kind=Kind.SECRET), "poc", "yes"),
        (replace(FACTS, kind=Kind.SECRET, is_secret_verified=True), "active", "yes"),
        (replace(FACTS, kind=Kind.MISCONFIGURATION), "poc", "yes"),
        (replace(FACTS, kind=Kind.MISCONFIGURATION, severity=Severity.LOW), "none", "yes"),
        (
            replace(
                FACTS,
                kind=Kind.MISCONFIGURATION,
                service=replace(SERVICE, exposure=Exposure.SMALL),
            ),
            "none",
            "no",
        ),
        (replace(FACTS, kind=Kind.WEAKNESS), "none", "no"),
        (replace(FACTS, kind=Kind.WEAKNESS, weaknesses=("CWE-89",)), "none", "yes"),
        (replace(FACTS, kind=Kind.WEB), "poc", "yes"),
        (replace(FACTS, kind=Kind.WEB, severity=Severity.MEDIUM), "none", "yes"),
        (replace(FACTS, kind=Kind.LICENCE), "none", "no"),
        (replace(FACTS, kind=Kind.OTHER), "none", "no"),
    ],
)
def test_every_kind_has_its_rule(facts: Facts, exploitation: str, automatable: str) -> None:
    assert answer(facts, "exploitation").value == exploitation
    assert answer(facts, "automatable").value == automatable


@pytest.mark.parametrize("name", ["ssvc-deployer", "cisa-coordinator", "cisa-bod-26-04"])
@pytest.mark.parametrize("kind", list(Kind))
def test_every_table_decides_every_kind_and_replays(name: str, kind: Kind) -> None:
    decision = decide(answers_of(replace(KNOWN_EXPLOITED, kind=kind)), table(name))
    assert replay(decision, table(name)) == decision


def test_the_directive_asks_for_three_days_when_all_is_bad() -> None:
    decision = decide(answers_of(KNOWN_EXPLOITED), table("cisa-bod-26-04"))
    assert table("cisa-bod-26-04").rows[decision.row].result == "3-days-forensic"


def test_another_version_of_the_table_does_not_replay() -> None:
    decision = decide(answers_of(FACTS), table())
    with pytest.raises(BadInput, match="cisa/bod-26-04"):
        replay(decision, table("cisa-bod-26-04"))


def test_one_step_from_immediate_names_the_step() -> None:
    steps = what_would_change(decide(answers_of(FACTS), table()), table())
    assert steps[0] == Step("exploitation", "active", Outcome.IMMEDIATE)
    assert all(step.outcome is not Outcome.OUT_OF_CYCLE for step in steps)


def test_rank_puts_outcome_before_score() -> None:
    opened_at = datetime(2026, 7, 1, tzinfo=UTC)
    urgent = rank(Outcome.IMMEDIATE, severity=Severity.LOW, opened_at=opened_at)
    loud = rank(Outcome.DEFER, severity=Severity.CRITICAL, opened_at=opened_at, cvss=REMOTE)
    untriaged = rank(None, severity=Severity.LOW, opened_at=opened_at)
    assert sorted([loud, urgent, untriaged]) == [untriaged, urgent, loud]


def test_the_worst_of_several_cves_counts() -> None:
    other = "CVE-2026-9999"
    index = SignalIndex(
        kev={other: KevEntry(other, date(2026, 5, 1))},
        epss={CVE: EpssScore(CVE, 0.2), other: EpssScore(other, 0.1)},
    )
    found = signals_of((other.lower(), CVE, "GHSA-aaaa-bbbb-cccc"), index)
    assert found.kev is not None
    assert found.kev.cve == other
    assert found.epss is not None
    assert found.epss.cve == CVE
    assert found.cves == (CVE, other)


def test_the_age_of_a_copy_is_told_in_days() -> None:
    assert QUIET.age_days(FeedName.KEV, on=date(2026, 7, 20)) == 4
    assert QUIET.age_days(FeedName.SNYK, on=date(2026, 7, 20)) is None


@pytest.mark.parametrize("key", sorted(_TEMPLATES))
def test_every_sentence_is_found_again_in_japanese(key: str) -> None:
    names = re.findall(r"{(\w+)}", _TEMPLATES[key][0])
    parts = {name: f"a {name}.b" for name in names}
    given = Answer("exposure", "open", sentence(key, **parts), "")
    assert reason_text(given, "ja") == _TEMPLATES[key][1].format(**parts)
    assert reason_text(given, "en") == given.reason


def test_a_sentence_that_no_template_made_stays_as_it_is() -> None:
    given = Answer("exposure", "open", "An older sentence.", "")
    assert reason_text(given, "ja") == "An older sentence."
