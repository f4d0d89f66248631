"""The web application over the sample views, for requests and for a real browser."""

import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from litestar import Litestar
from litestar.testing import TestClient

from tests.web.sample_budgets import NOW
from tests.web.sample_views import SamplePages
from tesuri.web.app import WebSettings, create_app
from tesuri.wording.instants import JAPAN


@pytest.fixture
def pages() -> SamplePages:
    return SamplePages()


@pytest.fixture
def client(pages: SamplePages) -> Iterator[TestClient[Litestar]]:
    settings = WebSettings(clock=lambda: NOW, hosts=["testserver.local"])
    with TestClient(create_app(pages, settings=settings)) as client:
        yield client


@pytest.fixture(scope="session")
def visitor() -> Iterator[TestClient[Litestar]]:
    """Give one client for all tests that only look."""
    settings = WebSettings(clock=lambda: NOW, hosts=["testserver.local"])
    with TestClient(create_app(SamplePages(), settings=settings)) as client:
        yield client


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Serve the sample views on a free loopback port."""
    settings = WebSettings(clock=lambda: NOW, zone=lambda: JAPAN)
    app = create_app(SamplePages(), settings=settings)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=5)
