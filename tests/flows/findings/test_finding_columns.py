"""What a column says of a value holds for every finding that has it: else an aspect leaves something out."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tesuri.flows.findings.find_query import Query, read_query, vocabulary_words
from tesuri.flows.findings.finding_column import places
from tesuri.flows.findings.finding_columns import FindingColumns, folded, places_of, words_of
from tesuri.flows.findings.query_fields import Subject, Vocabulary
from tesuri.model.decision import Outcome
from tesuri.model.finding import Finding, State, Work
from tesuri.model.identifiers import (
    AssetId,
    FindingKey,
    GroupKey,
    Identity,
    ObjectiveId,
    ServiceId,
    WaiverId,
)
from tesuri.model.observation import Kind
from tesuri.model.severity import Severity
from tesuri.model.workspace import Workspace

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LATE = [
    (NOW - timedelta(hours=1), None),
    (NOW - timedelta(days=9), NOW + timedelta(days=1)),
    (NOW - timedelta(days=9), NOW - timedelta(days=1)),
    (NOW + timedelta(days=2), None),
]


def subjects(count: int) -> list[Subject]:
    """Give findings of few values each, in every mixture."""
    draw = random.Random(7)

    def one(number: int) -> Finding:
        return Finding(
            key=FindingKey(number),
            identity=Identity(b"0"),
            episode=1,
            kind=draw.choice(list(Kind)),
            rule=draw.choice(["CVE-2026-1001", "CVE-2026-1002", "S3-1"]),
            title=draw.choice(["Old ＴＬＳ", "bucket is open"]),
            severity=draw.choice(list(Severity)),
            state=draw.choice(list(State)),
            work=draw.choice(list(Work)),
            group=GroupKey(draw.randrange(4)),
            opened_at=NOW - timedelta(days=draw.choice((1, 6, 40))),
            asset=AssetId(draw.choice(["web-1", "db-1"])),
            service=draw.choice([None, ServiceId("pay"), ServiceId("web")]),
            outcome=draw.choice([None, *Outcome]),
            objective=draw.choice([None, ObjectiveId("soon")]),
            is_stale=draw.random() < 0.5,
            is_neutral=draw.random() < 0.5,
            regression_of=draw.choice([None, FindingKey(1)]),
            waiver=draw.choice([None, WaiverId("WVR-1")]),
            advisories=draw.choice([(), ("CVE-2026-1002",), ("GHSA-aaaa-bbbb-cccc",)]),
            package=draw.choice(["", "openssl", "net"]),
            package_namespace=draw.choice(["", "golang.org/x"]),
            fixed_versions=draw.choice([(), ("1.1",)]),
            has_fix=draw.choice([None, True, False]),
            path=draw.choice(["", "app/lock"]),
            url=draw.choice(["", "https://shop.example/"]),
            resource=draw.choice(["", "arn:bucket"]),
            tools=draw.choice([("trivy",), ("grype", "trivy"), ()]),
        )

    return [
        Subject(
            finding=one(number),
            due_at=draw.choice([None, NOW - timedelta(days=1), NOW + timedelta(days=3)]),
            late=draw.choice([None, *LATE]),
            team=draw.choice(["", "payments"]),
        )
        for number in range(count)
    ]


SUBJECTS = subjects(400)
COLUMNS = FindingColumns(SUBJECTS)


def asked(query: str) -> Query:
    words = vocabulary_words(query, COLUMNS)
    found = read_query(query, Vocabulary(NOW, Workspace(), words))
    assert found.errors == ()
    return found


@pytest.mark.parametrize(
    "query",
    [
        *(f"severity:{sign}medium" for sign in ("", "<", "<=", ">", ">=")),
        *("outcome:none", "outcome:>scheduled", "state:fixed,open", "work:new", "kind:secret"),
        *("owner:none", "tool:trivy", "tool:none", "objective:soon", "waiver:none", "rule:s3-*"),
        *("package:net", "package:golang.org/x/net", "package:none", "id:fnd-7", "group:grp-2"),
        *("asset:web", "asset:db-*", "advisory:CVE-2026-1002", "due:none", "due:<7d", "age:>7d"),
        *("late:>1d", "is:unowned", "is:late", "is:stale", "is:back", "is:neutral", "is:new"),
        *("has:waiver", "has:fix", "has:due", "has:owner", "CVE-2026-1002", "FND-9", "GRP-1"),
    ],
)
def test_a_mask_says_of_each_finding_what_the_test_says(query: str) -> None:
    (term,) = asked(query).terms
    expected = [any(test(each) for _, test in term.checks) for each in SUBJECTS]
    assert list(term.mask(COLUMNS)) == expected
    assert 0 < sum(expected) < len(SUBJECTS)


@pytest.mark.parametrize(
    "words", ["tls", "bucket is", "app/", "web-1", "shop.example", "arn:", "xx"]
)
def test_words_are_looked_for_in_every_text(words: str) -> None:
    texts = [folded((*words_of(each.finding), *places_of(each.finding))) for each in SUBJECTS]
    assert list(COLUMNS.containing(words)) == [words in text for text in texts]


def test_parts_are_joined_by_and_and_a_minus_turns_one_around() -> None:
    one, other = asked("is:late").mask(COLUMNS), asked("-tool:trivy").mask(COLUMNS)
    together = [bool(a and b) for a, b in zip(one, other, strict=True)]
    assert list(asked("is:late -tool:trivy").mask(COLUMNS)) == together
    assert places(bytes(together), 0, 3) == [n for n, fits in enumerate(together) if fits][:3]
    assert asked("").mask(COLUMNS).count(1) == len(SUBJECTS)


def test_a_part_says_of_its_findings_what_the_whole_says() -> None:
    mask = asked("tool:trivy").mask(COLUMNS)
    part = COLUMNS.part(mask)
    for query in ("is:late", "severity:high package:net", "-state:open age:>7d", "web-1"):
        whole = asked(query).mask(COLUMNS)
        expected = [fits for fits, is_kept in zip(whole, mask, strict=True) if is_kept]
        assert list(asked(query).mask(part)) == expected
    for aspect in ("tools", "severity", "id", "due"):
        column = part.column(aspect)
        assert sum(column.counts(part.everything)) == len(part.subjects) == mask.count(1)
        assert all(column.counts(part.everything))


@pytest.mark.parametrize("aspect", ["severity", "words", "id"])
def test_values_are_counted_among_a_mask(aspect: str) -> None:
    mask = asked("is:late").mask(COLUMNS)
    column = COLUMNS.column(aspect)
    kept = [code for code, is_kept in zip(column.codes, mask, strict=True) if is_kept]
    assert list(column.counts(mask)) == [kept.count(n) for n in range(len(column.samples))]


@pytest.mark.parametrize("values", [200, 257, 700, 5_000])
@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 1.0])
def test_many_values_are_chosen_like_few(values: int, share: float) -> None:
    draw = random.Random(values)
    found = [replace(SUBJECTS[0].finding, key=FindingKey(n)) for n in range(values)]
    column = FindingColumns([replace(SUBJECTS[0], finding=each) for each in found]).column("id")
    wanted = {each.key for each in found if draw.random() < share}
    for chosen in (wanted, {each.key for each in found if each.key < values * share}):
        mask = column.mask(lambda each, chosen=chosen: each.finding.key in chosen)  # type: ignore[misc] # bound now
        assert [bool(fits) for fits in mask] == [each.key in chosen for each in found]


def test_instants_are_numbered_in_order() -> None:
    late = [(NOW + timedelta(minutes=(7 * n) % 900), None) for n in range(1_000)]
    several = [replace(SUBJECTS[0], due_at=each[0], late=each) for each in late]
    column = FindingColumns(several).column("due")
    dues = [each.due_at for each in column.samples]
    assert dues == sorted({each.due_at for each in several if each.due_at})
    assert [dues[code] for code in column.codes] == [each.due_at for each in several]
    for query in ("is:late", "late:>2h", "due:<1d"):
        (term,) = asked(query).terms
        expected = [any(test(each) for _, test in term.checks) for each in several]
        assert list(term.mask(FindingColumns(several))) == expected
