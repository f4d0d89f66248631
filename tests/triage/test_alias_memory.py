"""An advisory keeps the name that it was first known by."""

from hypothesis import given
from hypothesis import strategies as st

from tesuri.triage.alias_memory import learn

GHSA, CVE, OSV = "GHSA-aaaa-bbbb-cccc", "CVE-2026-0001", "PYSEC-2026-1"


def test_cve_that_is_assigned_later_does_not_rename_its_ghsa() -> None:
    first = learn({}, [(GHSA,)]).canonical_of
    then = learn(first, [(GHSA, CVE)]).canonical_of
    assert (then[GHSA], then[CVE]) == (GHSA, GHSA)


def test_both_at_once_are_known_by_the_cve() -> None:
    assert set(learn({}, [(GHSA, CVE)]).canonical_of.values()) == {CVE}


def test_third_name_joins_through_any_of_the_known_ones() -> None:
    known = learn({}, [(GHSA, CVE)]).canonical_of
    assert learn({CVE: known[CVE]}, [(CVE, OSV)]).canonical_of[OSV] == CVE


def test_two_that_were_told_apart_stay_apart() -> None:
    known = {GHSA: GHSA, CVE: CVE}
    assert dict(learn(known, [(GHSA, CVE)]).canonical_of) == known


NAMES = st.sampled_from(
    [*(f"CVE-2026-000{n}" for n in range(4)), *(f"GHSA-aaaa-bbbb-000{n}" for n in range(4)), OSV]
)
SETS = st.lists(st.lists(NAMES, min_size=1, max_size=3).map(tuple), max_size=5)


@given(st.lists(SETS, max_size=4))
def test_no_name_ever_changes_its_canonical_one(reports: list[list[tuple[str, ...]]]) -> None:
    memory: dict[str, str] = {}
    for sets in reports:
        table = learn(memory, sets).canonical_of
        assert {name: table[name] for name in memory} == memory
        memory = dict(table)
