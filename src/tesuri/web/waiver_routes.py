"""The pages of waivers: the list, and one waiver."""

from collections import Counter
from datetime import timedelta

from litestar import Response
from litestar.exceptions import NotFoundException

from tesuri.model.errors import BadInput
from tesuri.model.identifiers import WaiverId
from tesuri.model.views_waivers import WaiverState
from tesuri.web.desk import Asked, Desk
from tesuri.web.render import Surroundings
from tesuri.web.routes import first_row

_SOON = timedelta(days=7)


def waivers(desk: Desk, request: Asked) -> Response[str]:
    """Show every waiver, or those in one state."""
    around = desk.surroundings(request, "waivers")
    view = desk.asked(around).waivers(around.now)
    chosen = _state(around)
    ending = [row for row in view.rows if timedelta() < row.expires_at - around.now <= _SOON]
    return desk.answer(
        request,
        around,
        "waivers.html",
        view=view,
        rows=[row for row in view.rows if chosen in (None, row.state)],
        by_state=Counter(row.state.value for row in view.rows),
        states=tuple(WaiverState),
        chosen=chosen,
        ending=ending,
        first=first_row(around),
    )


def waiver(desk: Desk, request: Asked, name: str) -> Response[str]:
    """Show one waiver."""
    around = desk.surroundings(request, "waivers")
    view = desk.asked(around).waiver(WaiverId(name), around.now)
    if view is None:
        raise NotFoundException
    return desk.answer(request, around, "waiver.html", view=view)


def _state(around: Surroundings) -> WaiverState | None:
    word = dict(around.reader.query).get("state", "")
    if not word:
        return None
    try:
        return WaiverState(word)
    except ValueError as error:
        known = ", ".join(WaiverState)
        raise BadInput(
            f"There is no state {word!r} of a waiver.", where="state", remedy=f"Known are: {known}."
        ) from error
