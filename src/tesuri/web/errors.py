"""Errors as pages in words for people, and as problem documents (RFC 9457) for programs."""

import json
from dataclasses import dataclass

from litestar import Response
from litestar.exceptions import HTTPException

from tesuri.model.errors import Pending, TesuriError
from tesuri.web.desk import Asked
from tesuri.wording.phrases import Phrases, msg

_TITLES = {
    400: msg("This request cannot be followed"),
    404: msg("There is no such page"),
    405: msg("This page cannot do that"),
    422: msg("Tesuri cannot do this"),
    500: msg("Tesuri made a mistake"),
    503: msg("Something that Tesuri needs does not answer"),
}

_REMEDIES = {
    400: msg("Check the address, or start again from This week."),
    404: msg("It may have been mistyped, or its finding was never imported."),
    405: msg("Go back and use the links of the page."),
    422: msg("Go back and choose something else."),
    500: msg("Nothing was changed. The log of the server says what happened."),
    503: msg("Try again in a minute. Nothing was changed."),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as it is told: what, and what to do next."""

    status: int
    title: str
    detail: str
    """May be empty."""
    remedy: str
    retry_seconds: int = 0
    """When to ask again; 0: nobody knows."""

    @property
    def headers(self) -> dict[str, str]:
        """Give what tells programs, and browsers, when to ask again."""
        if not self.retry_seconds:
            return {}
        return {"Retry-After": str(self.retry_seconds), "Refresh": str(self.retry_seconds)}

    def document(self) -> bytes:
        """Give the problem document."""
        fields = {"type": "about:blank", "title": self.title, "status": self.status}
        detail = " ".join(part for part in (self.detail, self.remedy) if part)
        return json.dumps({**fields, "detail": detail}, ensure_ascii=False).encode()


def status_of(error: Exception) -> int:
    """Give the HTTP status of an error; whatever nobody expected is ours."""
    if isinstance(error, TesuriError):
        return error.http_status
    if isinstance(error, HTTPException):
        return error.status_code if error.status_code in _TITLES else _nearest(error.status_code)
    return 500


def problem_of(error: Exception, phrases: Phrases) -> Problem:
    """Put an error into words. Only our own errors tell their text: others may carry secrets."""
    status = status_of(error)
    if isinstance(error, Pending):
        title = phrases.gettext("The first figures are being made")
        remedy = phrases.gettext(
            "Tesuri has just begun and reads what it knows. This page loads again by itself."
        )
        return Problem(status, title, "", remedy, error.retry_seconds)
    detail = str(error) if isinstance(error, TesuriError) else ""
    title, remedy = phrases.gettext(_TITLES[status]), phrases.gettext(_REMEDIES[status])
    return Problem(status, title, detail, "" if detail else remedy)


def wants_json(request: Asked) -> bool:
    """Whether a program asks: JSON is accepted and HTML is not."""
    accept = request.headers.get("accept", "")
    return "json" in accept and "html" not in accept


def problem_response(problem: Problem) -> Response[bytes]:
    """Give the answer for a program."""
    return Response(
        problem.document(),
        status_code=problem.status,
        media_type="application/problem+json",
        headers=problem.headers,
    )


def _nearest(status: int) -> int:
    return 500 if status >= 500 else 400
