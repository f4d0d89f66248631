"""What protects the reader's browser: headers on every answer, and a check of the Host header."""

from collections.abc import Collection

from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)

SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})

_WRONG_HOST = (
    b"This address is not one that Tesuri serves. "
    b"Open the address that `tesuri serve` printed, or declare this host name in the settings.\n"
)


async def add_security_headers(message: Message, _scope: Scope) -> None:
    """Put the headers on an answer that is about to leave, errors included."""
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        for name, value in SECURITY_HEADERS.items():
            headers.setdefault(name, value)


def host_name(header: str) -> str:
    """Give the name of a Host header without its port: [::1]:8080 is [::1]."""
    if header.startswith("["):
        return header.partition("]")[0].lower() + "]"
    return header.partition(":")[0].lower()


def only_hosts(app: ASGIApp, hosts: Collection[str]) -> ASGIApp:
    """Refuse other Host headers: a page elsewhere cannot reach a loopback port by a DNS trick.

    **source** OWASP, DNS rebinding; the check is by name, any port.
    """
    allowed = {name.lower() for name in hosts}

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            named = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
            if host_name(named) not in allowed:
                await _refuse(send)
                return
        await app(scope, receive, send)

    return guarded


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    headers += [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]
    await send({"type": "http.response.start", "status": 421, "headers": headers})
    await send({"type": "http.response.body", "body": _WRONG_HOST, "more_body": False})
