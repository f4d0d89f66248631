"""Legacy budgets out of SBOMs and a copy of endoflife.date, as they come in."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from tests.flows.chronicle import Chronicle
from tests.flows.reports import DAY, DAY_0, A, Books, day, decision_table, plain_workspace, trivy
from tesuri.budgets.load import objectives_from
from tesuri.feeds.read import recognise_feed
from tesuri.flows.budgets.show_legacy import show_legacy
from tesuri.flows.budgets.show_slo import show_slo
from tesuri.flows.budgets.show_slos import show_slos
from tesuri.flows.budgets.simulate_budget import simulate_budget
from tesuri.flows.lifecycle.load_feeds import load_feed
from tesuri.flows.site.survey import Survey, standing_of, take_survey
from tesuri.model.budget import Budget
from tesuri.model.errors import BadInput
from tesuri.model.estate import Asset, Service
from tesuri.model.identifiers import AssetId, ObjectiveId, ServiceId
from tesuri.model.objective import Counted, PolicyState
from tesuri.model.simulation import Change
from tesuri.model.views_slo import RunningView

SHOP = ServiceId("shop")
LEGACY = ObjectiveId("legacy")
IMAGE = "shop/web"
HOUR = 3600

Part = Mapping[str, object]


def part(purl: str) -> Part:
    name, _, version = purl.rpartition("/")[2].partition("@")
    return {"type": "library", "name": name, "version": version, "purl": f"pkg:{purl}"}


def system(name: str, version: str) -> Part:
    return {"type": "operating-system", "name": name, "version": version}


DJANGO_4, DJANGO_5 = part("pypi/django@4.2.7"), part("pypi/django@5.2.1")
LEFT_PAD = part("npm/left-pad@1.3.0")


def sbom(*parts: Part, at: datetime, target: str = IMAGE, mark: str = "") -> bytes:
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "metadata": {
            "timestamp": at.isoformat(),
            "tools": {"components": [{"name": "maker"}]},
            "component": {"type": "container", "name": target},
            "properties": [{"name": "mark", "value": mark}],
        },
        "components": list(parts),
    }
    return json.dumps(document).encode()


def ends(**cycles: Mapping[str, object]) -> bytes:
    """Give a copy of endoflife.date: product → cycle → its end."""
    purls = {"django": "pkg:pypi/django", "go": "pkg:generic/go"}
    listed = [
        {
            "product": name,
            "title": name.title(),
            "identifiers": [{"purl": purls[name]}] if name in purls else [],
            "releases": [{"releaseCycle": cycle, "eol": end} for cycle, end in told.items()],
        }
        for name, told in cycles.items()
    ]
    return json.dumps(listed).encode()


ENDS = ends(
    django={"4.2": "2026-04-30", "5.2": "2028-04-30", "3.2": True},
    debian={"12": "2028-06-30", "11": "2026-08-31"},
    go={"1.21": False},
)
"""The first day of the tests is 1 September 2026, 3:00 UTC."""


def objective(**more: object) -> object:
    item = {"id": LEGACY, "title": "What runs is supported", "counts": "components"}
    return {"objectives": [{**item, "target": "95%", "window": "90d", **more}]}


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    plain = plain_workspace()
    (legacy,) = objectives_from(objective(), where="legacy.yaml")
    workspace = replace(
        plain,
        services={SHOP: Service(SHOP, "Shop")},
        assets=(Asset(AssetId("web"), "web", SHOP, targets=(IMAGE,)),),
        objectives=(*plain.objectives, legacy),
    )
    made = Books(tmp_path, workspace)
    yield made
    made.store.close()


def load(
    books: Books, data: bytes = ENDS, *, on: date = date(2026, 8, 22), now: datetime = DAY_0
) -> None:
    load_feed(
        recognise_feed(data, where="ends.json", as_of=on),
        store=books.store,
        workspace=books.workspace,
        table=decision_table(),
        now=now,
    )


def survey_of(books: Books, now: datetime) -> Survey:
    with books.store.read() as reader:
        return take_survey(reader, books.workspace, now)


def legacy_of(books: Books, now: datetime) -> Budget:
    return survey_of(books, now).budgets[LEGACY, SHOP]


def page_of(books: Books, now: datetime) -> RunningView:
    with books.store.read() as reader:
        survey = take_survey(reader, books.workspace, now)
        view = show_slo(survey, reader, LEGACY, team=None, service=SHOP, controls=())
    assert view is not None
    assert view.misses == ()
    assert view.running is not None
    return view.running


def test_what_an_sbom_lists_counts_from_its_end_of_support(books: Books) -> None:
    """Nothing but Django 4.2 ran: 124 days out of support, all 90 days of the window."""
    load(books)
    books.ingest(sbom(DJANGO_4, at=day(0)), now=day(0))
    found = legacy_of(books, day(1))
    assert (found.state, found.overdue_now) == (PolicyState.SPENT, 1)
    assert found.consumed_seconds == 90 * 86_400
    assert found.contributions == (("Django 4.2.7 (web)", 90 * 86_400),)


def test_the_day_on_which_it_is_gone_is_exact(books: Books) -> None:
    """Debian 11 ends on 31 August; two components over 90 days allow 9 days: gone on 10 September, 0:00 UTC."""
    load(books)
    books.ingest(sbom(DJANGO_5, system("debian", "11.9"), at=day(0)), now=day(0))
    found = legacy_of(books, day(1))
    assert found.allowance_seconds == 9 * 86_400
    assert found.consumed_seconds == 27 * HOUR
    assert found.forecast.zero_if_nothing_closed == datetime.fromisoformat("2026-09-10T00:00:00Z")
    assert found.forecast.if_nothing_closed[-1][1] == 0


def test_an_upgrade_ends_the_time_out_of_support_at_the_scan_that_shows_it(books: Books) -> None:
    load(books)
    books.ingest(sbom(DJANGO_5, system("debian", "11.9"), at=day(0)), now=day(0))
    books.ingest(sbom(DJANGO_5, system("debian", "12.5"), at=day(4)), now=day(4))
    found = legacy_of(books, day(10))
    assert found.consumed_seconds == (4 * 24 + 3) * HOUR
    assert found.forecast.zero_if_nothing_closed == datetime.fromisoformat("2028-05-10T00:00:00Z")
    assert found.state is PolicyState.AMPLE
    assert [each.is_there for each in page_of(books, day(10)).rows] == [False, True, True]


def test_gates_follow_the_legacy_budget_like_every_other(books: Books) -> None:
    load(books)
    books.ingest(trivy(A, at=day(0)), now=day(0))
    books.ingest(sbom(DJANGO_4, at=day(0)), now=day(0))
    standing = standing_of(survey_of(books, day(0)), SHOP)
    assert standing.state is PolicyState.SPENT
    assert standing.reason.startswith("legacy of shop: −1900% of the allowance is left.")
    books.tick(day(0))
    assert any(each.payload.get("objective") == LEGACY for each in books.events())


def test_a_service_of_which_nobody_knows_anything_is_unknown(books: Books) -> None:
    load(books)
    found = legacy_of(books, day(1))
    assert (found.state, found.reason) == (PolicyState.UNKNOWN, "Nobody knows what it runs on.")


def test_without_end_of_life_data_everything_that_runs_is_unknown(books: Books) -> None:
    books.ingest(sbom(system("debian", "12"), at=day(0)), now=day(0))
    found = legacy_of(books, day(1))
    assert found.state is PolicyState.UNKNOWN
    assert found.reason.startswith("Only of 0% of the components")
    with books.store.read() as reader, pytest.raises(BadInput, match="No copy of endoflife"):
        show_legacy(reader, books.workspace, None, team=None, now=day(1))


def test_an_unknown_cycle_or_platform_is_counted_and_a_plain_library_is_only_shown(
    books: Books,
) -> None:
    load(books)
    strange = {"type": "framework", "name": "homegrown", "version": "7"}
    listed = (part("pypi/django@9.9"), strange, DJANGO_5, LEFT_PAD)
    books.ingest(sbom(*listed, at=day(0)), now=day(0))
    found = legacy_of(books, day(1))
    assert found.state is PolicyState.UNKNOWN
    assert found.coverage == Fraction(1, 3)
    view = page_of(books, day(1))
    assert sorted(each.name for each in view.rows if not each.is_known) == [
        "Django 9.9",
        "homegrown 7",
    ]
    assert view.untracked == 1


def test_packages_of_a_distribution_are_supported_by_the_distribution(books: Books) -> None:
    load(books)
    packaged = part("deb/debian/django@3.2.19-1")
    books.ingest(sbom(packaged, system("debian", "12"), at=day(0)), now=day(0))
    view = page_of(books, day(1))
    assert [each.name for each in view.rows] == ["Debian 12"]
    assert view.untracked == 1


def test_several_packages_of_one_product_count_once_however_many_tools_list_them(
    books: Books,
) -> None:
    load(books)
    again = {**DJANGO_5, "type": "framework"}
    books.ingest(sbom(DJANGO_5, again, at=day(0)), now=day(0))
    other = json.loads(sbom(DJANGO_5, at=day(1)))
    other["metadata"]["tools"]["components"] = [{"name": "another"}]
    books.ingest(json.dumps(other).encode(), now=day(1))
    assert legacy_of(books, day(2)).allowance_seconds == Fraction(45, 10) * 86_400


def test_the_language_of_a_binary_and_the_system_of_an_image_are_known(books: Books) -> None:
    load(books)
    books.ingest(sbom(part("golang/stdlib@1.21.5"), at=day(0)), now=day(0))
    report = json.loads(trivy(A, at=day(0)))
    report["Metadata"] = {"OS": {"Family": "debian", "Name": "11.9"}}
    books.ingest(json.dumps(report).encode(), now=day(0))
    names = {each.name for each in page_of(books, day(1)).rows}
    assert names == {"Go 1.21.5", "Debian 11.9"}
    report["Metadata"]["OS"]["Name"] = "12.5"
    report["CreatedAt"] = day(2).isoformat()
    books.ingest(json.dumps(report).encode(), now=day(2))
    there = {each.name for each in page_of(books, day(3)).rows if each.is_there}
    assert there == {"Go 1.21.5", "Debian 12.5"}


def test_the_same_inventory_again_changes_nothing(books: Books) -> None:
    load(books)
    books.ingest(sbom(DJANGO_5, LEFT_PAD, at=day(0)), now=day(0))
    before = books.rows("presence")
    books.ingest(sbom(DJANGO_5, LEFT_PAD, at=day(1)), now=day(1))
    assert books.rows("presence") == before


def test_parts_of_one_scan_add_to_each_other(books: Books) -> None:
    load(books)
    books.ingest(sbom(DJANGO_5, DJANGO_4, at=day(0)), now=day(0))
    books.ingest(sbom(DJANGO_5, at=day(1)), now=day(1))
    books.ingest(sbom(DJANGO_4, at=day(1), mark="second part"), now=day(1))
    assert [each.is_there for each in page_of(books, day(2)).rows] == [True, True]


def test_an_older_inventory_and_a_partial_one_take_nothing_away(books: Books) -> None:
    load(books)
    books.ingest(sbom(DJANGO_5, at=day(3)), now=day(3))
    books.ingest(sbom(DJANGO_4, at=day(1)), now=day(4))
    books.ingest(sbom(LEFT_PAD, at=day(5)), now=day(5), is_partial=True)
    view = page_of(books, day(6))
    assert [(each.name, each.is_there) for each in view.rows] == [("Django 5.2.1", True)]


def test_a_component_that_comes_later_counts_from_the_scan_that_lists_it(books: Books) -> None:
    load(books)
    books.ingest(sbom(DJANGO_5, at=day(0)), now=day(0))
    books.ingest(sbom(DJANGO_5, DJANGO_4, at=day(2)), now=day(2))
    found = legacy_of(books, day(3))
    assert found.consumed_seconds == 86_400
    assert found.allowance_seconds == Fraction(91, 20) * 86_400


def test_what_was_known_of_support_is_told_again_later(books: Books) -> None:
    chronicle = Chronicle(books)
    load(books, now=day(0))
    books.ingest(sbom(DJANGO_5, system("debian", "11.9"), at=day(0)), now=day(0))
    chronicle.look(day(1))
    longer = ends(django={"5.2": "2028-04-30"}, debian={"11": "2027-08-31"})
    load(books, longer, on=date(2026, 9, 3), now=day(2))
    chronicle.look(day(3))
    books.ingest(sbom(DJANGO_5, at=day(4)), now=day(4))
    chronicle.look(day(5))
    load(books, ends(django={"5.2": "2026-09-02"}), on=date(2026, 9, 7), now=day(6))
    chronicle.look(day(7))
    chronicle.prove()


def test_a_copy_keeps_only_what_it_says_otherwise_and_an_older_one_nothing(books: Books) -> None:
    load(books)
    load(books, ends(django={"4.2": "2026-04-30"}), on=date(2026, 8, 23))
    entries = [row[:2] for row in books.rows("feed_entry")]
    assert entries == [
        (1, "debian"),
        (1, "django"),
        (1, "go"),
        (2, "debian"),
        (2, "django"),
        (2, "go"),
    ]
    load(books, ends(django={"1.0": True}), on=date(2026, 8, 1))
    with books.store.read() as reader:
        (django,) = reader.products()
        assert reader.feeds()[0].as_of == date(2026, 8, 23)
    assert [each.name for each in django.cycles] == ["4.2"]


def test_spent_is_left_after_a_day_with_a_tenth_left(books: Books) -> None:
    """Out of support for 5 of the 4.5 days allowed; the last days roll out of the window 90 days later."""
    load(books, ends(django={"4.2": "2026-08-31", "5.2": False}))
    books.ingest(sbom(DJANGO_4, at=day(0)), now=day(0))
    books.ingest(sbom(DJANGO_5, at=day(5)), now=day(5))
    assert legacy_of(books, day(6)).state is PolicyState.SPENT
    rolled_out = datetime.fromisoformat("2026-09-01T00:00:00Z") + 90 * DAY
    # 123 hours were used of 108; a tenth is left from the 26th hour on that rolled out.
    assert legacy_of(books, rolled_out + 49 * DAY / 24).state is PolicyState.SPENT
    assert legacy_of(books, rolled_out + 50 * DAY / 24).state is PolicyState.AMPLE


def test_the_lists_show_it_and_a_simulation_says_that_it_is_exact_already(books: Books) -> None:
    load(books)
    books.ingest(sbom(DJANGO_4, at=day(0)), now=day(0))
    with books.store.read() as reader:
        survey = take_survey(reader, books.workspace, day(1))
        first = show_slos(survey, team=None).rows[0]
        assert (first.objective, first.counts, first.service) == (LEGACY, Counted.COMPONENTS, SHOP)
        assert all(
            row.objective != LEGACY for row in simulate_budget(survey, reader, Change()).rows
        )
        with pytest.raises(BadInput, match="nothing arrives"):
            simulate_budget(survey, reader, Change(objective=LEGACY, target="99%"))


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"target": "100%"}, "leaves an allowance of 1 − 1 = 0"),
        ({"within": "14d"}, "The key 'within' means nothing where components are counted"),
        ({"clock": "fix-available"}, "The key 'clock' means nothing"),
        ({"counts": "sheep"}, "'sheep' cannot be counted"),
    ],
)
def test_an_objective_of_components_that_cannot_work_is_refused(
    more: Mapping[str, object], sentence: str
) -> None:
    with pytest.raises(BadInput, match=sentence):
        objectives_from(objective(**more), where="legacy.yaml")
