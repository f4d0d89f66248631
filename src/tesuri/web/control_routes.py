"""The pages of controls: the matrix, and one control."""

from itertools import groupby

from litestar import Response
from litestar.exceptions import NotFoundException

from tesuri.model.control import GateAnswer
from tesuri.model.errors import BadInput
from tesuri.model.identifiers import ControlId
from tesuri.model.objective import PolicyState
from tesuri.model.views_control import ControlView
from tesuri.model.views_guardrails import Effect, GuardrailFilter
from tesuri.web.desk import Asked, Desk
from tesuri.web.render import Surroundings
from tesuri.web.routes import ROWS_A_PAGE, first_row

_LONGEST_TEXT = 200
_WORDS = ("severity", "area", "framework", "point", "strength", "text")
STATES = (
    PolicyState.AMPLE,
    PolicyState.LOW,
    PolicyState.UNKNOWN,
    PolicyState.SPENT,
    PolicyState.BREACHED,
)
"""Policy states that the matrix can be looked at, best first."""


def guardrails(desk: Desk, request: Asked) -> Response[str]:
    """Show what every control does at every point."""
    around = desk.surroundings(request, "guardrails")
    words = {name: _word(around, name) for name in _WORDS}
    view = desk.asked(around).guardrails(
        GuardrailFilter(**words), _state(around), around.reader.team, around.now
    )
    first = first_row(around)
    shown = view.rows[first : first + ROWS_A_PAGE]
    return desk.answer(
        request,
        around,
        "guardrails.html",
        view=view,
        asked=words,
        policy_states=STATES,
        effects=tuple(Effect),
        answers=tuple(GateAnswer),
        first=first,
        opened=_opened(desk, around),
        groups=[(area, tuple(rows)) for area, rows in groupby(shown, key=lambda row: row.area)],
    )


def control(desk: Desk, request: Asked, name: str) -> Response[str]:
    """Show one control."""
    around = desk.surroundings(request, "guardrails")
    view = desk.asked(around).control(ControlId(name), around.reader.team, around.now)
    if view is None:
        raise NotFoundException
    return desk.answer(request, around, "control.html", view=view)


def _opened(desk: Desk, around: Surroundings) -> ControlView | None:
    """Give the control whose row is open; None for none, and for one that is not there."""
    name = _word(around, "open")
    if not name:
        return None
    return desk.asked(around).control(ControlId(name), around.reader.team, around.now)


def _word(around: Surroundings, name: str) -> str:
    return dict(around.reader.query).get(name, "")[:_LONGEST_TEXT]


def _state(around: Surroundings) -> PolicyState | None:
    word = _word(around, "state")
    if not word:
        return None
    try:
        return PolicyState(word)
    except ValueError as error:
        known = ", ".join(STATES)
        raise BadInput(
            f"There is no policy state {word!r}.", where="state", remedy=f"Known are: {known}."
        ) from error
