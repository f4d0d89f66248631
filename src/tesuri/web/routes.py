"""The pages' handlers: read the request, ask `Pages`, render. Each asks for its view once."""

import re
from urllib.parse import urlencode

from litestar import Response
from litestar.exceptions import NotFoundException
from litestar.response import Redirect

from tesuri.model.identifiers import FindingKey, GroupKey, ObjectiveId, ServiceId
from tesuri.model.views_slo import SloKey
from tesuri.web.desk import Asked, Desk
from tesuri.web.links import group_path, with_parameter
from tesuri.web.reader import AS_OF
from tesuri.web.render import Surroundings

_NAME = re.compile(r"(FND|GRP)-([1-9][0-9]{0,17})", re.IGNORECASE)
_PAGE = re.compile(r"[1-9][0-9]{0,4}")
_LONGEST_QUERY = 2_000

ROWS_A_PAGE = 100
"""Rows of services and budgets that one page shows; the templates say the same."""


def week(desk: Desk, request: Asked) -> Response[str]:
    """Show this week."""
    around = desk.surroundings(request, "week")
    view = desk.asked(around).week(around.reader.team, around.now)
    return desk.answer(request, around, "week.html", view=view)


def findings(desk: Desk, request: Asked) -> Response[str]:
    """Show findings; only the results when htmx asks for them."""
    around = desk.surroundings(request, "findings")
    asked = dict(around.reader.query)
    query = asked.get("q", "")[:_LONGEST_QUERY]
    view = desk.asked(around).findings(
        query, asked.get("after", ""), around.reader.team, around.now
    )
    is_part = request.headers.get("hx-request") == "true"
    template = "findings_results.html" if is_part else "findings.html"
    return desk.answer(request, around, template, view=view)


def finding_or_group(desk: Desk, request: Asked, name: str) -> Response[str]:
    """Show a group, or lead from a finding to its line in its group."""
    match = _NAME.fullmatch(name)
    if not match:
        raise NotFoundException
    kind, key = match.group(1).upper(), int(match.group(2))
    if kind == "FND":
        around = desk.surroundings(request, "findings")
        group = desk.asked(around).group_of(FindingKey(key))
        if group is None:
            raise NotFoundException
        return Redirect(_leading_to(around, f"{group_path(group)}#FND-{key}"), status_code=303)
    around = desk.surroundings(request, "findings")
    view = desk.asked(around).group(GroupKey(key), around.now)
    if view is None:
        raise NotFoundException
    return desk.answer(request, around, "group.html", view=view)


def services(desk: Desk, request: Asked) -> Response[str]:
    """Show what we run."""
    around = desk.surroundings(request, "services")
    view = desk.asked(around).services(around.reader.team, around.now)
    return desk.answer(request, around, "services.html", view=view, first=first_row(around))


def slos(desk: Desk, request: Asked) -> Response[str]:
    """Show every budget."""
    around = desk.surroundings(request, "slo")
    view = desk.asked(around).slos(around.reader.team, around.now)
    return desk.answer(request, around, "slos.html", view=view, first=first_row(around))


def slo(desk: Desk, request: Asked, objective: str) -> Response[str]:
    """Show one budget."""
    around = desk.surroundings(request, "slo")
    service = dict(around.reader.query).get("service", "")
    key = SloKey(ObjectiveId(objective), ServiceId(service) if service else None)
    view = desk.asked(around).slo(key, around.reader.team, around.now)
    if view is None:
        raise NotFoundException
    return desk.answer(request, around, "slo.html", view=view, first=first_row(around))


def _leading_to(around: Surroundings, path: str) -> str:
    if around.looked_from is None:
        return path
    return with_parameter(path, urlencode({AS_OF: around.reader.as_of}))


def first_row(around: Surroundings) -> int:
    """Give where the page of a long table begins; what is no number is the first page."""
    page = dict(around.reader.query).get("page", "")
    return ROWS_A_PAGE * (int(page) - 1) if _PAGE.fullmatch(page) else 0
