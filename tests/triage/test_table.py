import csv
import hashlib
from pathlib import Path

import pytest

import tesuri.triage
from tesuri.model.decision import Outcome
from tesuri.model.errors import BadInput
from tesuri.triage.table import DecisionTable, read_table

TABLES = Path(tesuri.triage.__file__).parent / "tables"
# File, published file, rows, hash over all rows as they were compared with the published file.
SHIPPED = [
    ("ssvc-deployer", "deployer_patch_application_priority_1_0_0", 72, "db80cb26b9968986"),
    ("cisa-coordinator", "cisa_coordinator_2_0_3", 36, "28a93f36bfda3d3c"),
    ("cisa-bod-26-04", "cisa_bod_26_04_1_0_0", 16, "9723774186174c3f"),
    ("ssvc-human-impact", "human_impact_1_0_0", 16, "88e121d59d366496"),
]
PUBLISHED_WORDS = {
    "public poc": "poc",
    "3 days & forensic investigation": "3-days-forensic",
    "fix on system upgrade": "next-upgrade",
}
SMALL = """
table: ours/small
version: "1"
source: us
questions:
  exposure: {values: [small, controlled, open], default: open}
  our_question: {values: [no, yes], default: yes}
outcomes: {now: immediate, later: scheduled}
rows:
  - small no later
  - small yes later
  - controlled no later
  - controlled yes later
  - open no later
  - open yes now
"""


def shipped(name: str) -> DecisionTable:
    return read_table((TABLES / f"{name}.yaml").read_bytes(), where=name)


def small(text: str = SMALL) -> DecisionTable:
    return read_table(text.encode(), where="small.yaml")


def lines(table: DecisionTable) -> list[str]:
    return [" ".join((*row.answers, row.result)) for row in table.rows]


@pytest.mark.parametrize(("name", "_published", "rows", "expected"), SHIPPED)
def test_a_shipped_table_has_not_changed(
    name: str, _published: str, rows: int, expected: str
) -> None:
    table = shipped(name)
    assert len(table.rows) == rows
    assert hashlib.sha256("\n".join(lines(table)).encode()).hexdigest()[:16] == expected


@pytest.mark.corpus
@pytest.mark.parametrize(("name", "published", "rows", "_expected"), SHIPPED)
def test_a_shipped_table_is_the_published_one(
    name: str, published: str, rows: int, _expected: str, corpus: Path
) -> None:
    path = corpus / "triage" / f"{published}.csv"
    if not path.is_file():
        pytest.skip("the published tables are not at hand")
    with path.open(newline="") as file:
        told = [
            " ".join(PUBLISHED_WORDS.get(cell, cell.replace(" ", "-")) for cell in cells[1:])
            for cells in csv.reader(file)
        ][1:]
    assert lines(shipped(name)) == told
    assert len(told) == rows


@pytest.mark.parametrize(
    ("name", "counts"),
    [("ssvc-deployer", (3, 20, 42, 7)), ("cisa-coordinator", (4, 10, 22, 0))],
)
def test_outcomes_are_as_many_as_published(name: str, counts: tuple[int, ...]) -> None:
    table = shipped(name)
    found = [table.outcome(row) for row in table.rows]
    assert tuple(found.count(outcome) for outcome in Outcome) == counts


def test_every_row_is_found_by_its_answers() -> None:
    table = shipped("ssvc-deployer")
    names = [question.name for question in table.questions]
    for index, row in enumerate(table.rows):
        assert table.lookup(dict(zip(names, row.answers, strict=True))) == (index, row)


def test_what_nobody_answers_takes_its_default() -> None:
    table = small()
    assert table.lookup({})[0] == 5
    assert table.lookup({"our_question": "no"})[0] == 4


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("  - open yes now\n", "", "open yes is missing"),
        ("  - small yes later", "  - small no now", "small no stands more than once"),
        ("open yes now", "wide yes now", "exposure has no value 'wide'"),
        ("open yes now", "open yes never", "'never' is not declared"),
        ("open yes now", "open now", "2 answers and a result"),
        ("now: immediate", "now: tomorrow", "outcomes.now is no outcome"),
        ("default: open", "default: wide", "must be one of its values"),
        ("[small, controlled, open]", "[small, open]", "lacks controlled"),
        ("source: us", "sauce: us", "no key 'sauce'"),
        ("source: us\n", "", "needs source"),
        ("rows:", "rows: []\nquestions_:", "no key 'questions_'"),
    ],
)
def test_a_table_with_a_fault_is_refused(old: str, new: str, fault: str) -> None:
    with pytest.raises(BadInput, match=fault):
        small(SMALL.replace(old, new))


@pytest.mark.parametrize("text", ["", "[]", "table: x", "rows: 1", "questions: {}"])
def test_what_is_no_table_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        small(text)
