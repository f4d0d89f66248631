"""Ask a Tesuri server for policy states. Certificates are always verified, and a token goes nowhere else.

**source** https://docs.python.org/3/library/ssl.html#ssl.create_default_context
"""

import http.client
import ssl
import urllib.error
import urllib.request
from typing import Final
from urllib.parse import urlsplit

from tesuri.model.errors import BadInput, Unavailable

PATH: Final = "/api/v1/policy-states"
TIMEOUT_SECONDS: Final = 5.0
MOST_BYTES: Final = 16 * 1024 * 1024
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


def ask_policy_states(url: str, token: str) -> bytes:
    """Give the server's answer. **raises** BadInput for an address that is none, Unavailable where it does not answer.

    Plain HTTP is for this machine only: elsewhere the token could be read on its way.
    """
    parts = urlsplit(url)
    is_here = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if not parts.hostname or not (parts.scheme == "https" or is_here):
        raise BadInput(
            "The address of the server is none that a token may be sent to.",
            where="--server",
            remedy="Write https://HOST; http is for this machine only.",
        )
    request = urllib.request.Request(  # noqa: S310 - its scheme was checked above
        url.rstrip("/") + PATH,
        headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
    )
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler({} if is_here else None),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(context=ssl.create_default_context()),
        # No handler of redirects: the token is for the server that was named.
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    try:
        with opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
            data: bytes = answer.read(MOST_BYTES + 1)
    except urllib.error.HTTPError as error:
        error.close()
        raise Unavailable(_REFUSALS.get(error.code, f"it answered {error.code}")) from error
    except urllib.error.URLError as error:
        raise Unavailable(f"it does not answer ({error.reason})") from error
    except (OSError, http.client.HTTPException) as error:
        raise Unavailable(f"it does not answer ({type(error).__name__})") from error
    if len(data) > MOST_BYTES:
        raise Unavailable("its answer is too large")
    return data


_REFUSALS: Final = {
    401: "it does not accept the token",
    403: "the token may not read policy states",
    404: "it has no policy states to ask for",
}
