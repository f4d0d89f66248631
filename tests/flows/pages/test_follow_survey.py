"""A survey that follows what was written is the one that is made anew, whatever was written and declared."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.flows.lifecycle.test_merge_findings import CVE, GHSA, naming_both, standing, undo
from tests.flows.reports import (
    IMAGE,
    A,
    B,
    Books,
    C,
    Flaw,
    a_waiver,
    closing,
    day,
    fresh_books,
    grype,
    plain_workspace,
    trivy,
)
from tests.flows.test_past import STEPS, take
from tesuri.flows.budgets.show_slos import show_slos
from tesuri.flows.findings.finding_columns import ASPECTS, FindingColumns
from tesuri.flows.findings.show_findings import columns_of, show_findings
from tesuri.flows.pages.questions import warm
from tesuri.flows.pages.show_services import show_services
from tesuri.flows.pages.show_week import show_week
from tesuri.flows.pages.standing_units import effort_knowledge, standing_units
from tesuri.flows.site.keep_survey import SurveyKeeper
from tesuri.flows.site.register import read_register
from tesuri.flows.site.scope import scope_of
from tesuri.flows.site.survey import (
    Survey,
    findings_by_group,
    findings_by_owner,
    members_in,
    take_survey,
)
from tesuri.model.estate import Asset, Service, Team
from tesuri.model.event import Event, EventKind
from tesuri.model.finding import State
from tesuri.model.identifiers import AssetId, ServiceId, TeamId
from tesuri.model.workspace import Workspace
from tesuri.ports import Reader

_HOUR = timedelta(hours=1)
_IMAGES = (IMAGE, "shop/other", "shop/third")
_NEAR = TeamId("near"), TeamId("far")

_FLAWS = st.lists(st.sampled_from([A, B, C, GHSA]), unique_by=lambda flaw: flaw.cve, max_size=4)
_MORE_STEPS = st.one_of(
    st.tuples(st.just("scan of"), _FLAWS, st.sampled_from(_IMAGES)),
    st.tuples(st.just("same"), st.sampled_from(_IMAGES)),
    st.tuples(st.just("two"), st.integers(0, 3)),
    st.tuples(st.just("declare"), st.sampled_from(["waiver", "owners", "objective"])),
    st.tuples(st.just("taken"), st.integers(0, 5)),
    st.tuples(st.just("closed"), st.integers(0, 5)),
    st.tuples(st.just("tick")),
)


def _company() -> Workspace:
    services = [
        Service(ServiceId(name), name.title(), "", team, 1)
        for name, team in zip(("web", "other", "third"), (*_NEAR, _NEAR[0]), strict=True)
    ]
    return replace(
        plain_workspace(),
        services={each.id: each for each in services},
        teams={each: Team(each, each) for each in _NEAR},
        assets=tuple(
            Asset(AssetId(image), image, each.id)
            for image, each in zip(_IMAGES, services, strict=True)
        ),
    )


def _declare(books: Books, what: str) -> None:
    known = books.workspace
    match what:
        case "waiver":
            books.workspace = replace(known, waivers=() if known.waivers else (a_waiver(),))
        case "owners":
            moved = [replace(each, service=ServiceId("web")) for each in known.assets]
            books.workspace = replace(known, assets=tuple(moved))
        case _:
            fewer = [replace(each, tolerance=1) for each in known.objectives[:2]]
            books.workspace = replace(known, objectives=(*fewer, *known.objectives[2:]))


def _do(books: Books, step: tuple[object, ...], now: datetime) -> None:
    match step:
        case ("scan of", list() as flaws, str(image)):
            books.ingest(trivy(*flaws, at=now, image=image), now=now)
        case ("same", str(image)):
            books.ingest(naming_both(now, GHSA, CVE, image=image), now=now)
        case ("two", int(number)):
            joined = standing(books)
            if number < len(joined):
                undo(books, joined[number].finding, now=now)
        case ("declare", str(what)):
            _declare(books, what)
        case ("taken" | "closed" as kind, int(number)):
            _by_hand(books, kind, number, now)
        case _:
            take(books, step, now)


def _by_hand(books: Books, kind: str, number: int, now: datetime) -> None:
    """Take an open finding into work, or fix it, as a person does."""
    found = [each for each in books.findings() if each.is_current and each.state is State.OPEN]
    if not found:
        return
    chosen = found[number % len(found)]
    if kind == "closed":
        books.append(closing(chosen, State.FIXED, now), now=now)
        return
    begun = Event(
        kind=EventKind.WORK_CHANGED,
        happened_at=now,
        actor="sato",
        finding=chosen.key,
        payload={"set": {"work": "in-progress"}},
    )
    books.append(begun, now=now)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    steps=st.lists(st.one_of(STEPS.map(lambda steps: steps[0]), _MORE_STEPS), max_size=9),
    hours=st.lists(st.integers(1, 200), min_size=9, max_size=9),
)
def test_a_survey_that_followed_is_the_one_that_is_made_anew(
    steps: list[tuple[object, ...]], hours: list[int]
) -> None:
    with fresh_books() as books:
        books.workspace, now = _company(), day(0)
        books.ingest(trivy(A, B, C, at=now), now=now)
        keeper = SurveyKeeper(books.store.read, warm, whole_above=1.0)
        for step, pause in zip(steps, hours, strict=False):
            now += pause * _HOUR
            _do(books, step, now)
            with books.store.read() as reader:
                survey = keeper.prepare(reader, books.workspace, now)
                _same(survey, take_survey(reader, books.workspace, now), reader)


def _same(survey: Survey, fresh: Survey, reader: Reader) -> None:
    assert survey == fresh
    register = read_register(reader)
    one, other = (members_in(each.lasting, register, fresh.workspace) for each in (survey, fresh))
    assert one == other
    assert findings_by_group(survey) == findings_by_group(fresh)
    owners = [findings_by_owner(each.lasting, fresh.findings) for each in (survey, fresh)]
    assert owners[0] == owners[1]
    assert effort_knowledge(survey, reader) == effort_knowledge(fresh, reader)
    for team in (None, *fresh.workspace.teams):
        scopes = [scope_of(each, team) for each in (survey, fresh)]
        assert scopes[0].findings == scopes[1].findings
        assert scopes[0].open_findings == scopes[1].open_findings
        assert scopes[0].last_scan_at == scopes[1].last_scan_at
        assert standing_units(scopes[0], reader) == standing_units(scopes[1], reader)
        assert _values(columns_of(scopes[0])) == _values(columns_of(scopes[1]))
        assert show_week(survey, reader, team=team) == show_week(fresh, reader, team=team)
        assert show_services(survey, team=team) == show_services(fresh, team=team)
        assert show_slos(survey, team=team) == show_slos(fresh, team=team)
        for query in ("", "package:openssl age:>1d", "is:late", "state:fixed", "flaw", "shop"):
            views = [
                show_findings(each, reader, team=team, query=query) for each in (survey, fresh)
            ]
            assert views[0] == views[1]


def _values(columns: FindingColumns) -> Mapping[str, object]:
    """Give what each column says of each finding, and which values it says that there are."""
    found: dict[str, object] = {"subjects": list(columns.subjects)}
    for aspect, read in ASPECTS.items():
        column = columns.column(aspect)
        present = {read(each) for each in column.present}
        found[aspect] = ([read(column.samples[code]) for code in column.codes], present)
    return found


@pytest.fixture
def books() -> Iterator[Books]:
    with fresh_books() as made:
        made.workspace = _company()
        made.ingest(trivy(A, B, C, at=day(0)), now=day(0))
        made.ingest(trivy(A, B, C, at=day(0), image="shop/other"), now=day(0))
        yield made


def test_what_was_not_written_of_is_not_made_again(books: Books) -> None:
    keeper = SurveyKeeper(books.store.read, warm)
    with books.store.read() as reader:
        first = keeper.prepare(reader, books.workspace, day(1))
    books.ingest(trivy(Flaw("CVE-2026-0007"), at=day(1), image="shop/third"), now=day(1))
    with books.store.read() as reader:
        second = keeper.prepare(reader, books.workspace, day(1))
    before, after = (findings_by_owner(each.lasting, ()) for each in (first, second))
    assert after[ServiceId("web")] is before[ServiceId("web")]
    assert len(after[ServiceId("third")]) == 1
    assert ServiceId("third") not in before


def test_a_store_that_was_put_back_is_read_anew(books: Books) -> None:
    keeper = SurveyKeeper(books.store.read, warm)
    books.ingest(grype(A, at=day(1)), now=day(1))
    with books.store.read() as reader:
        known = keeper.prepare(reader, books.workspace, day(2))
    with fresh_books() as other:
        other.workspace = books.workspace
        other.ingest(trivy(B, at=day(0)), now=day(0))
        for number in range(1, 8):
            flaws = (A, B, C)[: number % 3 + 1]
            other.ingest(trivy(*flaws, at=day(number)), now=day(number))
        with other.store.read() as reader:
            assert reader.head()[0] > read_head(books), "its journal is longer"
            survey = keeper.prepare(reader, books.workspace, day(9))
            _same(survey, take_survey(reader, books.workspace, day(9)), reader)
    assert survey.findings != known.findings


def read_head(books: Books) -> int:
    with books.store.read() as reader:
        return reader.head()[0]


def test_units_take_up_what_is_learnt_of_efforts(books: Books) -> None:
    flaws = [Flaw(f"CVE-2026-010{number}", package=f"part-{number}") for number in range(4)]
    books.ingest(trivy(*flaws, at=day(1), image="shop/third"), now=day(1))
    keeper = SurveyKeeper(books.store.read, warm, whole_above=1.0)
    now = day(1)
    with books.store.read() as reader:
        first = keeper.prepare(reader, books.workspace, now)
    for flaw in flaws[:3]:
        finding, now = books.finding(flaw), now + _HOUR
        begun = {"set": {"work": "in-progress"}}
        taken = Event(EventKind.WORK_CHANGED, now, "sato", finding=finding.key, payload=begun)
        books.append(taken, closing(finding, State.FIXED, now + _HOUR / 2), now=now)
        with books.store.read() as reader:
            survey = keeper.prepare(reader, books.workspace, now)
            _same(survey, take_survey(reader, books.workspace, now), reader)
    last = books.finding(flaws[3]).group
    with books.store.read() as reader:
        efforts = [
            standing_units(scope_of(each, None), reader)[last].candidate.effort_minutes
            for each in (first, survey)
        ]
    assert efforts == [60, 30]
