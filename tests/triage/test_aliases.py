from hypothesis import given
from hypothesis import strategies as st

from tesuri.triage.aliases import alias_table, normal_id

IDS = st.sampled_from(
    [
        "CVE-2021-0001",
        "CVE-2021-0002",
        "GHSA-aaaa-bbbb-cccc",
        "GHSA-dddd-eeee-ffff",
        "PYSEC-2021-1",
        "RHSA-2021:1",
        "SNYK-JS-X-1",
        "GO-2021-0001",
    ]
)
ID_SETS = st.lists(st.lists(IDS, max_size=4), max_size=6)


def test_a_cve_names_the_set() -> None:
    aliases = alias_table(
        [["GHSA-aaaa-bbbb-cccc", "CVE-2021-0001"], ["PYSEC-2021-1", "CVE-2021-0001"]]
    )
    assert aliases.canonical("PYSEC-2021-1", ()) == "CVE-2021-0001"
    assert aliases.canonical("ghsa-AAAA-bbbb-cccc", ()) == "CVE-2021-0001"


def test_an_id_that_nobody_joined_is_its_own_name() -> None:
    assert alias_table([]).canonical("GHSA-AAAA-bbbb-cccc", ()) == "GHSA-aaaa-bbbb-cccc"
    assert alias_table([]).canonical("19506", ()) == ""
    assert alias_table([]).canonical("x", ("GHSA-aaaa-bbbb-cccc",)) == "GHSA-aaaa-bbbb-cccc"


def test_a_bundle_is_no_other_name_of_what_it_fixes() -> None:
    aliases = alias_table([["RHSA-2021:1", "CVE-2021-0001"], ["RHSA-2021:1", "CVE-2021-0002"]])
    assert aliases.canonical("", ("CVE-2021-0001",)) == "CVE-2021-0001"
    assert aliases.canonical("", ("CVE-2021-0002", "RHSA-2021:1")) == "CVE-2021-0002"


def test_a_record_of_several_cves_joins_none_of_them() -> None:
    aliases = alias_table([["CVE-2021-0001", "CVE-2021-0002"]])
    assert aliases.canonical("19506", ("CVE-2021-0001", "CVE-2021-0002")) == ""


def test_a_chain_never_makes_two_cves_one() -> None:
    shared = "GHSA-aaaa-bbbb-cccc"
    aliases = alias_table([[shared, "CVE-2021-0001"], [shared, "CVE-2021-0002"]])
    assert aliases.canonical("CVE-2021-0001", ()) != aliases.canonical("CVE-2021-0002", ())
    assert aliases.canonical_of[shared] == shared


@given(ID_SETS)
def test_the_order_of_reports_changes_no_alias(id_sets: list[list[str]]) -> None:
    shuffled = [list(reversed(ids)) for ids in reversed(id_sets)]
    assert alias_table(shuffled).canonical_of == alias_table(id_sets).canonical_of


@given(ID_SETS)
def test_a_canonical_id_is_its_own_canonical(id_sets: list[list[str]]) -> None:
    table = alias_table(id_sets).canonical_of
    assert all(table[canonical] == canonical for canonical in table.values())


@given(st.text())
def test_normal_id_is_normal_after_once(name: str) -> None:
    plain = name.encode("ascii", "ignore").decode()
    assert normal_id(normal_id(plain)) == normal_id(plain)
