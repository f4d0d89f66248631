"""The pages of evidence: the frameworks, and one of them with what is known of each requirement."""

from litestar import Response
from litestar.exceptions import NotFoundException

from tesuri.model.errors import BadInput
from tesuri.model.views_guardrails import RequirementRow, Sight
from tesuri.web.desk import Asked, Desk
from tesuri.web.render import Surroundings


def frameworks(desk: Desk, request: Asked) -> Response[str]:
    """Show every framework with how much of it the controls can see."""
    around = desk.surroundings(request, "evidence")
    return desk.answer(request, around, "evidence.html", views=desk.asked(around).frameworks())


def framework(desk: Desk, request: Asked, name: str) -> Response[str]:
    """Show one framework: requirement, controls, where they act, what stands against them."""
    around = desk.surroundings(request, "evidence")
    pages = desk.asked(around)
    known = {view.id for view in pages.frameworks()}
    if name not in known:
        raise NotFoundException
    view = pages.framework(name, around.now)
    chosen = _sight(around)
    rows = [row for row in view.rows if chosen in (None, row.sight)]
    groups: dict[str, list[RequirementRow]] = {}
    for row in rows:
        groups.setdefault(row.group_title["en"], []).append(row)
    return desk.answer(
        request,
        around,
        "framework.html",
        view=view,
        shown=len(rows),
        chosen=chosen,
        sights=tuple(Sight),
        groups=[tuple(held) for held in groups.values()],
    )


def _sight(around: Surroundings) -> Sight | None:
    word = dict(around.reader.query).get("show", "")
    if not word:
        return None
    try:
        return Sight(word)
    except ValueError as error:
        known = ", ".join(Sight)
        raise BadInput(
            f"Nothing is shown under {word!r}.", where="show", remedy=f"Known are: {known}."
        ) from error
