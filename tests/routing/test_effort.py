from tesuri.model.effort import DeclaredEffort
from tesuri.model.observation import Kind
from tesuri.routing.effort import EffortKnowledge, FixSubject, group_effort

SUBJECT = FixSubject(
    Kind.VULNERABILITY, advisories=("CVE-2021-44228",), rules=("r1",), packages=("log4j-core",)
)
BY_KIND = DeclaredEffort(90, kind=Kind.VULNERABILITY, source="efforts.yaml")
BY_PACKAGE = DeclaredEffort(45, package="log4j*", source="efforts.yaml")
BY_ADVISORY = DeclaredEffort(240, advisory="CVE-2021-*", source="efforts.yaml")


def minutes(*declared: DeclaredEffort, samples: tuple[int, ...] = ()) -> int:
    knowledge = EffortKnowledge(declared, {Kind.VULNERABILITY: samples})
    return group_effort(SUBJECT, knowledge).minutes


def test_a_declared_effort_wins_over_history() -> None:
    effort = group_effort(SUBJECT, EffortKnowledge((BY_KIND,), {Kind.VULNERABILITY: (10, 10, 10)}))
    assert (effort.minutes, effort.source) == (90, "declared in efforts.yaml")


def test_the_most_specific_declared_effort_wins_in_any_order() -> None:
    assert minutes(BY_KIND, BY_PACKAGE, BY_ADVISORY) == 240
    assert minutes(BY_ADVISORY, BY_PACKAGE, BY_KIND) == 240
    assert minutes(BY_PACKAGE, BY_KIND) == 45


def test_every_pattern_of_a_declared_effort_must_match() -> None:
    assert minutes(DeclaredEffort(5, package="log4j*", kind=Kind.SECRET)) == 60


def test_the_median_of_past_fixes_counts_from_three_on() -> None:
    assert minutes(samples=(10, 500)) == 60
    assert minutes(samples=(10, 500, 30)) == 30
    assert minutes(samples=(10, 21, 30, 500)) == 26


def test_the_source_says_how_the_minutes_are_known() -> None:
    learnt = group_effort(SUBJECT, EffortKnowledge(samples={Kind.VULNERABILITY: (10, 20, 30)}))
    assert learnt.source == "median of 3 past fixes of its kind"
    assert group_effort(SUBJECT, EffortKnowledge()).source == "default for vulnerability"
