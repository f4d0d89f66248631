"""What we state reads back as it was: in both formats, into another store."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.reports import A, B, Books, C, Flaw, closing, day, sarif, trivy
from tests.flows.statements import openvex
from tesuri.exports.cyclonedx_vex import render_cyclonedx_vex
from tesuri.exports.openvex import render_openvex
from tesuri.flows.findings.export_vex import VexExport, export_vex
from tesuri.flows.intake.apply_vex import apply_vex, read_vex
from tesuri.flows.site.survey import take_survey
from tesuri.model.errors import BadInput
from tesuri.model.event import Event, EventKind
from tesuri.model.finding import State
from tesuri.model.vex import VexStatus

D = Flaw("CVE-2026-0004", "curl")
RENDERERS = {"openvex": render_openvex, "cyclonedx": render_cyclonedx_vex}


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    """Give a store with a finding that is not affected, a false positive, one taken up and a new one."""
    folder = tmp_path / "one"
    folder.mkdir()
    books = Books(folder)
    books.ingest(trivy(A, B, C, D, at=day(0)))
    apply(books, openvex(at=day(1)))
    books.append(closing(books.finding(B), State.FALSE_POSITIVE, day(1)))
    books.append(
        Event(
            kind=EventKind.WORK_CHANGED,
            happened_at=day(1),
            actor="sato",
            finding=books.finding(C).key,
            payload={"set": {"work": "in-progress"}},
        )
    )
    yield books
    books.store.close()


@pytest.fixture
def others(tmp_path: Path) -> Iterator[Books]:
    """Give another store that scanned the same image."""
    folder = tmp_path / "other"
    folder.mkdir()
    books = Books(folder)
    books.ingest(trivy(A, B, C, D, at=day(0)))
    yield books
    books.store.close()


def apply(books: Books, data: bytes) -> None:
    apply_vex(data, where="vex.json", store=books.store, workspace=books.workspace, now=day(2))


def stated(books: Books, query: str = "") -> VexExport:
    with books.store.read() as reader:
        survey = take_survey(reader, books.workspace, day(3))
        return export_vex(survey, reader, team=None, query=query)


def written(books: Books, form: str, *, on: float = 3) -> bytes:
    return RENDERERS[form](stated(books).statements, author="Sato Ltd", now=day(on))


def test_each_state_is_a_status(books: Books) -> None:
    found = {each.vulnerability: each.status for each in stated(books).statements}
    assert found == {
        A.cve: VexStatus.NOT_AFFECTED,
        B.cve: VexStatus.NOT_AFFECTED,
        C.cve: VexStatus.AFFECTED,
        D.cve: VexStatus.UNDER_INVESTIGATION,
    }


@pytest.mark.parametrize("form", RENDERERS)
def test_what_is_written_is_read_as_the_same_statements(books: Books, form: str) -> None:
    given = stated(books).statements
    document = read_vex(written(books, form), where="vex.json")
    assert document.author == "Sato Ltd"
    assert document.skipped == ()
    told = {(each.vulnerability, each.status, each.package) for each in document.statements}
    assert told == {(each.vulnerability, each.status, each.package) for each in given}
    justified = {each.vulnerability: each.justification for each in document.statements}
    assert justified[A.cve] == "vulnerable_code_not_in_execute_path"


@pytest.mark.parametrize("form", RENDERERS)
def test_another_store_takes_the_same_decisions_from_it(
    books: Books, others: Books, form: str
) -> None:
    apply(others, written(books, form))
    assert others.states() == {
        A.cve: "not-affected",
        B.cve: "not-affected",
        C.cve: "open",
        D.cve: "open",
    }


@pytest.mark.parametrize(("form", "name"), [("openvex", "@id"), ("cyclonedx", "serialNumber")])
def test_the_id_of_a_document_follows_from_what_it_states(
    books: Books, form: str, name: str
) -> None:
    first, later = (json.loads(written(books, form, on=number)) for number in (3, 9))
    assert first[name] == later[name]
    apply(books, openvex("affected", at=day(2)))
    assert json.loads(written(books, form))[name] != first[name]


def test_openvex_has_the_fields_that_each_status_asks_for(books: Books) -> None:
    document = json.loads(written(books, "openvex"))
    assert {"@context", "@id", "author", "timestamp", "version"} <= document.keys()
    needed = {
        "affected": ["action_statement"],
        "not_affected": ["justification", "impact_statement"],
    }
    for each in document["statements"]:
        fields = needed.get(each["status"], ["status"])
        assert any(each.get(field) for field in fields), each
        for product in each["products"]:
            assert product["@id"] == "urn:tesuri:asset:shop/web"
            assert product["subcomponents"][0]["@id"].startswith("pkg:deb/debian/")


def test_cyclonedx_refers_only_to_what_it_holds(books: Books) -> None:
    document = json.loads(written(books, "cyclonedx"))
    assets = document["components"]
    held = {each["bom-ref"] for asset in assets for each in (asset, *asset["components"])}
    used = {each["ref"] for entry in document["vulnerabilities"] for each in entry["affects"]}
    assert used <= held
    references = [entry["bom-ref"] for entry in document["vulnerabilities"]]
    assert len(set(references)) == len(references)
    states = {entry["id"]: entry["analysis"]["state"] for entry in document["vulnerabilities"]}
    assert states[C.cve] == "exploitable"


def test_a_query_chooses_and_a_wrong_one_is_refused(books: Books) -> None:
    chosen = stated(books, "state:not-affected").statements
    assert [each.vulnerability for each in chosen] == [A.cve]
    with pytest.raises(BadInput):
        stated(books, "colour:red")


def test_what_is_no_vulnerability_is_counted(books: Books) -> None:
    flaw = {"ruleId": "sql", "message": {"text": "Injection."}, "level": "error"}
    books.ingest(sarif(flaw, tool="codeql"), target="shop")
    books.append(closing(books.finding(D), State.GONE, day(1)))
    found = stated(books)
    assert (len(found.statements), found.other_kinds, found.gone) == (3, 1, 1)


@pytest.mark.parametrize("form", RENDERERS)
def test_nothing_to_state_is_a_document_too(form: str) -> None:
    document = json.loads(RENDERERS[form]((), author="Sato Ltd", now=day(0)))
    assert document["statements" if form == "openvex" else "vulnerabilities"] == []
