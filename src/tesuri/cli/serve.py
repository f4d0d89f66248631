"""`tesuri serve`: the pages, on this machine only."""

import sys
import threading
from contextlib import suppress
from datetime import datetime
from typing import Annotated

import typer

from tesuri.cli.state import session_of, tell
from tesuri.flows.site.follow_files import Follower
from tesuri.model.errors import BadInput, TesuriError, Unavailable
from tesuri.wiring.site import Site, followed

LOOPBACK = ("127.0.0.1", "localhost", "::1")
DEFAULT_PORT = 8300
PATIENCE_SECONDS = 1.0
"""How long a reader waits for figures of this minute where those of an earlier one could be shown."""

_TICK_SECONDS = 60

_SWITCH_SECONDS = 0.0005
"""How long a thread that calculates keeps others waiting. A page gives way at each row that it reads, and would wait 5 ms to
go on, as Python has it, while a survey is made."""


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Loopback address to listen on.")] = LOOPBACK[0],
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = DEFAULT_PORT,
) -> None:
    """Serve the pages on this machine until stopped.

    What is due is done every minute, as `tesuri tick` does it. Changed files of the workspace are taken over while it
    runs; where they are wrong, the ones before stay and the pages say so. There is no login yet, so only loopback addresses are served.
    """
    serve_site(session_of(context).site, host, port)


def serve_site(site: Site, host: str, port: int) -> None:
    """Serve a site until stopped. **raises** BadInput for an address that is not loopback."""
    if host not in LOOPBACK:
        raise BadInput(
            f"Tesuri has no login yet and is not served on {host}.",
            where="--host",
            remedy="Use 127.0.0.1, and a tunnel to reach it from elsewhere.",
        )
    try:
        import uvicorn  # noqa: PLC0415 - only the server needs it

        from tesuri.server import create_server  # noqa: PLC0415 - only the server needs it
    except ImportError as error:
        raise Unavailable(
            f"The pages need the server extra ({error.name} is missing).",
            remedy="Install it with: pip install 'tesuri[server]'.",
        ) from error
    _ = site.workspace
    sys.setswitchinterval(_SWITCH_SECONDS)
    site.patience_seconds = PATIENCE_SECONDS
    sites = followed(site, tell)
    app = create_server(sites)
    stop = threading.Event()
    ticking = threading.Thread(target=_tick_until, args=(sites, stop), daemon=True)
    ticking.start()
    tell(f"serving http://{host}:{port}, stop with Ctrl-C")
    config = uvicorn.Config(app, host=host, port=port, log_level="warning", access_log=False)
    try:
        uvicorn.Server(config).run()
    except SystemExit as error:
        raise Unavailable(
            f"Port {port} cannot be listened on.", where=host, remedy="Choose another with --port."
        ) from error
    finally:
        stop.set()
        ticking.join(timeout=5)


def _look_once(sites: Follower[Site]) -> None:
    """Make the first survey before somebody waits for it; what is wrong is said to whoever asks for a page."""
    with suppress(TesuriError):
        sites.current.prepare()


def _tick_until(sites: Follower[Site], stop: threading.Event) -> None:
    said: datetime | None = None
    _look_once(sites)
    while not stop.is_set():
        site = sites.at(sites.current.clock())
        try:
            site.tick()
        except TesuriError as error:
            # Said once an hour: a full disk would otherwise fill the log as well.
            now = site.clock()
            if said is None or (now - said).total_seconds() >= 3600:
                tell(f"tick: {error}")
                said = now
        stop.wait(_TICK_SECONDS)
