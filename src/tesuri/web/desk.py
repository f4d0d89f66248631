"""What every handler works with: the views, the templates, the clock, and how an answer is made."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from litestar import MediaType, Request, Response
from litestar.datastructures import Cookie, State

from tesuri.flows.moment import is_length, moment_of
from tesuri.web.assets import Assets
from tesuri.web.links import keep_as_of
from tesuri.web.pages import Pages
from tesuri.web.reader import AS_OF, Reader, Visit, chosen_cookies, reader_of
from tesuri.web.render import Renderer, Surroundings

Asked = Request[object, object, State]
"""A request without a user or a session: there is no login yet."""

_YEAR_SECONDS = 31_536_000
_PAGE_HEADERS = {
    "Cache-Control": "private, no-store",
    "Vary": "Cookie, Accept-Language, HX-Request",
}


@dataclass(frozen=True, slots=True)
class Desk:
    """Shared by the handlers; holds no state of any request."""

    pages: Pages
    renderer: Renderer
    assets: Assets
    clock: Callable[[], datetime]
    zone: Callable[[], tzinfo | None] = lambda: None

    def visit(self, request: Asked) -> Visit:
        """Take from a request what tells who reads."""
        return Visit(
            path=request.url.path,
            query=request.url.query,
            cookies=request.cookies,
            accept_language=request.headers.get("accept-language", ""),
        )

    def surroundings(self, request: Asked, section: str) -> Surroundings:
        """Give the reader, the instant and the shell of a page."""
        reader = reader_of(self.visit(request), zone=self.zone())
        now = self.clock()
        if not reader.as_of:
            return Surroundings(reader, now, self.pages.shell(reader.team, now), section)
        then = moment_of(
            reader.as_of,
            # A length of time ago is counted from the minute, so that its copy is made once.
            now=now.replace(second=0, microsecond=0) if is_length(reader.as_of) else now,
            zone=reader.phrases.zone,
            where=AS_OF,
            is_end=True,
        )
        shell = self.pages.then(then).shell(reader.team, then)
        return Surroundings(reader, then, shell, section, looked_from=now)

    def asked(self, around: Surroundings) -> Pages:
        """Give the pages of now, or of the time that the address looks back to."""
        return self.pages.then(around.now) if around.looked_from else self.pages

    def answer(
        self, request: Asked, around: Surroundings, template: str, **values: object
    ) -> Response[str]:
        """Render a template and keep the reader's choices in cookies."""
        body = self.renderer.page(template, around, **values)
        if around.looked_from:
            body = keep_as_of(body, around.reader.as_of)
        return Response(
            body,
            media_type=MediaType.HTML,
            headers=_PAGE_HEADERS,
            cookies=cookies_for(self.visit(request), around.reader),
        )


def cookies_for(visit: Visit, reader: Reader) -> list[Cookie]:
    """Give the cookies of the reader's choices; nothing secret is in them."""
    return [
        Cookie(key=name, value=value, path="/", max_age=_YEAR_SECONDS, samesite="lax")
        for name, value in chosen_cookies(visit, reader).items()
    ]
