"""Tokens: who is let in, and until when."""

from datetime import UTC, datetime, timedelta

import pytest

from tesuri.flows.gates.access_tokens import make_token, read_tokens, render_tokens, token_of
from tesuri.model.errors import BadInput

NOW = datetime(2026, 6, 1, tzinfo=UTC)
KEPT, SHOWN = make_token("0a1b", "s_e-cret", name="ci", services=("shop",), lasting=(NOW, 7))


def test_a_token_lets_in_until_it_ends() -> None:
    assert token_of(f"Bearer {SHOWN}", [KEPT], NOW) == KEPT
    assert token_of(f"bearer  {SHOWN} ", [KEPT], NOW + timedelta(days=6)) == KEPT
    assert token_of(f"Bearer {SHOWN}", [KEPT], NOW + timedelta(days=7)) is None


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        SHOWN,
        f"Basic {SHOWN}",
        f"Bearer {SHOWN}x",
        "Bearer tesuri_0a1b_",
        "Bearer 0a1b_s_e-cret",
        "Bearer tesuri_0a1c_s_e-cret",
        "Bearer \udcff",
    ],
)
def test_nothing_else_lets_in(header: str) -> None:
    assert token_of(header, [KEPT], NOW) is None


def test_tokens_are_the_same_after_they_were_kept_and_read() -> None:
    data = render_tokens([KEPT])
    assert b"s_e-cret" not in data
    assert read_tokens(data, where="tokens.json") == (KEPT,)


@pytest.mark.parametrize("data", [b"", b"[]", b'{"tokens": [1]}', b'{"tokens": [{"id": "x"}]}'])
def test_a_damaged_file_lets_nobody_in(data: bytes) -> None:
    with pytest.raises(BadInput):
        read_tokens(data, where="tokens.json")
