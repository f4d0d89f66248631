"""Builds the web application from the views it shows and a few settings."""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from litestar import Litestar, Response, get
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ASGIApp

from tesuri.model.errors import Pending
from tesuri.web import control_routes, evidence_routes, routes, waiver_routes
from tesuri.web.assets import load_assets
from tesuri.web.desk import Asked, Desk
from tesuri.web.errors import problem_of, problem_response, status_of, wants_json
from tesuri.web.pages import Pages
from tesuri.web.policy_states import PolicyStates, policy_states_route
from tesuri.web.reader import reader_of
from tesuri.web.render import Renderer, Surroundings
from tesuri.web.security import LOOPBACK_HOSTS, add_security_headers, only_hosts

_LOG = logging.getLogger("tesuri.web")


@dataclass(frozen=True, slots=True)
class WebSettings:
    """What the pages need to know of where they run."""

    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    hosts: Collection[str] = LOOPBACK_HOSTS
    """Host names that are served, without port; others are refused."""
    zone: Callable[[], tzinfo | None] = field(default=lambda: None)
    """Asks for the zone of times for every reader; None shows JST in Japanese and UTC in English."""
    policy_states: PolicyStates | None = None
    """What programs with a token may ask; None: nothing."""


def create_app(pages: Pages, *, settings: WebSettings | None = None) -> Litestar:
    """Give the application. Reads its static files now; touches nothing else."""
    chosen = settings or WebSettings()
    assets = load_assets()
    desk = Desk(pages, Renderer(assets), assets, chosen.clock, chosen.zone)

    def guarded(app: ASGIApp) -> ASGIApp:
        return only_hosts(app, chosen.hosts)

    asked = chosen.policy_states
    machine = [*_machine_routes(desk), *([policy_states_route(asked)] if asked else [])]
    return Litestar(
        route_handlers=[*_page_routes(desk), *machine],
        middleware=[guarded],
        before_send=[add_security_headers],
        exception_handlers={Exception: _error_page(desk)},
        openapi_config=None,
        logging_config=None,
    )


def _page_routes(desk: Desk) -> list[HTTPRouteHandler]:
    @get("/", sync_to_thread=False)
    def home() -> Redirect:
        return Redirect("/week", status_code=303)

    @get("/week", sync_to_thread=True)
    def week(request: Asked) -> Response[str]:
        return routes.week(desk, request)

    @get("/findings", sync_to_thread=True)
    def findings(request: Asked) -> Response[str]:
        return routes.findings(desk, request)

    @get("/f/{name:str}", sync_to_thread=True)
    def finding(request: Asked, name: FromPath[str]) -> Response[str]:
        return routes.finding_or_group(desk, request, name)

    @get("/services", sync_to_thread=True)
    def services(request: Asked) -> Response[str]:
        return routes.services(desk, request)

    @get("/slo", sync_to_thread=True)
    def slos(request: Asked) -> Response[str]:
        return routes.slos(desk, request)

    @get("/slo/{objective:str}", sync_to_thread=True)
    def slo(request: Asked, objective: FromPath[str]) -> Response[str]:
        return routes.slo(desk, request, objective)

    return [home, week, findings, finding, services, slos, slo, *_control_routes(desk)]


def _control_routes(desk: Desk) -> list[HTTPRouteHandler]:
    @get("/guardrails", sync_to_thread=True)
    def guardrails(request: Asked) -> Response[str]:
        return control_routes.guardrails(desk, request)

    @get("/g/{name:str}", sync_to_thread=True)
    def control(request: Asked, name: FromPath[str]) -> Response[str]:
        return control_routes.control(desk, request, name)

    @get("/waivers", sync_to_thread=True)
    def waivers(request: Asked) -> Response[str]:
        return waiver_routes.waivers(desk, request)

    @get("/w/{name:str}", sync_to_thread=True)
    def waiver(request: Asked, name: FromPath[str]) -> Response[str]:
        return waiver_routes.waiver(desk, request, name)

    @get("/evidence", sync_to_thread=True)
    def frameworks(request: Asked) -> Response[str]:
        return evidence_routes.frameworks(desk, request)

    @get("/evidence/{name:str}", sync_to_thread=True)
    def framework(request: Asked, name: FromPath[str]) -> Response[str]:
        return evidence_routes.framework(desk, request, name)

    return [guardrails, control, waivers, waiver, frameworks, framework]


def _machine_routes(desk: Desk) -> list[HTTPRouteHandler]:
    @get("/healthz/live", media_type="text/plain", sync_to_thread=False)
    def live() -> str:
        return "live\n"

    @get("/healthz/ready", media_type="text/plain", sync_to_thread=True)
    def ready() -> Response[str]:
        if not desk.pages.is_ready():
            said = "the store does not answer\n"
        elif not desk.pages.is_prepared():
            said = "the first figures are being made\n"
        else:
            return Response("ready\n", media_type="text/plain")
        return Response(said, media_type="text/plain", status_code=503)

    @get("/static/{name:str}", sync_to_thread=False)
    def static(name: FromPath[str]) -> Response[bytes]:
        found = desk.assets.by_name.get(name)
        if found is None:
            raise NotFoundException
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(found.body, media_type=found.media_type, headers=headers)

    return [live, ready, static]


def _error_page(desk: Desk) -> Callable[[Asked, Exception], Response[bytes] | Response[str]]:
    def tell(request: Asked, error: Exception) -> Response[bytes] | Response[str]:
        if status_of(error) >= 500 and not isinstance(error, Pending):
            _LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
        reader = reader_of(desk.visit(request), zone=desk.zone())
        problem = problem_of(error, reader.phrases)
        if wants_json(request):
            return problem_response(problem)
        around = Surroundings(reader, desk.clock(), shell=None)
        body = desk.renderer.page("error.html", around, problem=problem)
        return Response(
            body, media_type="text/html", status_code=problem.status, headers=problem.headers
        )

    return tell
