"""What was shown then is shown again: every view, as of every moment, after everything that came later."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.flows.chronicle import Chronicle
from tests.flows.reports import (
    A,
    B,
    Books,
    C,
    Flaw,
    a_waiver,
    day,
    fresh_books,
    grype,
    kev,
    plain_workspace,
    trivy,
)

_WORSE = replace(A, severity="CRITICAL", version="3.0.2")
_LATER_FIX = Flaw("CVE-2026-0009", package="openssl", version="3.0.4")
_HOUR = timedelta(hours=1)


_FLAWS = st.lists(
    st.sampled_from([A, B, C, _WORSE, _LATER_FIX]), unique_by=lambda flaw: flaw.cve, max_size=4
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("scan"), _FLAWS, st.sampled_from(["trivy", "grype"])),
        st.tuples(st.just("late scan"), _FLAWS, st.integers(1, 40)),
        st.tuples(st.just("feed"), _FLAWS, st.integers(0, 20)),
        st.tuples(st.just("tick")),
    ),
    min_size=1,
    max_size=7,
)


def take(books: Books, step: tuple[object, ...], now: datetime) -> None:
    match step:
        case ("scan", list() as flaws, str(tool)):
            books.ingest((trivy if tool == "trivy" else grype)(*flaws, at=now), now=now)
        case ("late scan", list() as flaws, int(hours)):
            books.ingest(trivy(*flaws, at=now - hours * _HOUR), now=now)
        case ("feed", list() as flaws, int(number)):
            books.load(kev(*flaws, on=date(2026, 8, 1) + timedelta(days=number)), now)
        case _:
            books.tick(now)


@settings(max_examples=15, deadline=None)
@given(steps=STEPS, hours=st.lists(st.integers(1, 200), min_size=7, max_size=7))
def test_every_page_as_of_every_step_is_what_was_shown_then(
    steps: list[tuple[object, ...]], hours: list[int]
) -> None:
    with fresh_books() as books:
        books.workspace = replace(plain_workspace(), waivers=(a_waiver(),))
        chronicle, now = Chronicle(books), day(0)
        for step, pause in zip(steps, hours, strict=False):
            now += pause * _HOUR
            take(books, step, now)
            chronicle.look(now)
        chronicle.prove()
