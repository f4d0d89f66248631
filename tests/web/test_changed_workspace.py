"""The pages of a running server follow the declared files: whole, or not at all with the reason on the page."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from litestar.testing import TestClient

from tests.cli.company import write_company
from tesuri.server import create_server
from tesuri.settings import read_settings
from tesuri.wiring.site import Site, followed


@dataclass
class Served:
    """A site behind its server, on a clock that only the test moves."""

    folder: Path
    now: datetime = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)

    def page(self, client: TestClient, path: str = "/services") -> str:  # type: ignore[type-arg] # any application
        self.now += timedelta(minutes=1)
        answer = client.get(path)
        assert answer.status_code == 200
        return answer.text


@pytest.fixture
def served(tmp_path: Path) -> Served:
    write_company(tmp_path)
    return Served(tmp_path)


def client_of(served: Served, said: list[str]) -> TestClient:  # type: ignore[type-arg] # any application
    settings = read_settings({"TESURI_WORKSPACE": str(served.folder)}, served.folder)
    site = Site(settings, clock=lambda: served.now)
    return TestClient(create_server(followed(site, said.append)), base_url="http://127.0.0.1")


def test_a_changed_service_is_shown_without_a_restart(served: Served) -> None:
    said: list[str] = []
    with client_of(served, said) as client:
        assert "Shop window" in served.page(client)
        text = "{name: Shop front, team: blue, tier: 2, exposure: controlled}\n"
        (served.folder / "services" / "a.yaml").write_text(text)
        page = served.page(client)
    assert "Shop front" in page
    assert "Shop window" not in page
    assert len(said) == 1


def test_a_wrong_change_keeps_everything_as_it_was_and_says_so_on_every_page(
    served: Served,
) -> None:
    said: list[str] = []
    with client_of(served, said) as client:
        served.page(client)
        (served.folder / "services" / "a.yaml").write_text("{name: Shop front, team: nobody}\n")
        (served.folder / "services" / "b.yaml").unlink()
        page = served.page(client)
        assert "Shop window" in page
        assert "Checkout" in page
        assert "what was there before still holds" in page
        assert "nobody" in page
        assert "what was there before still holds" in served.page(client, "/week")
        (served.folder / "services" / "a.yaml").write_text("{name: Shop front, team: blue}\n")
        inventory = served.folder / "assets" / "inventory.csv"
        inventory.write_text("id,name,service,targets\na-image,A,a,shop-a:*\n")
        mended = served.page(client)
    assert "Shop front" in mended
    assert "Checkout" not in mended
    assert "still holds" not in mended
    assert len(said) == 2
