"""Tokens for programs: made once, shown once, kept as digests, compared in constant time."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import orjson

from tesuri.model.access_token import AccessToken
from tesuri.model.errors import BadInput
from tesuri.model.identifiers import ServiceId
from tesuri.untrusted.instant import instant
from tesuri.untrusted.json_document import read_json
from tesuri.untrusted.shape import items, need_mapping, need_text, texts

PREFIX: Final = "tesuri_"
"""What scanners for leaked secrets can look for."""

LONGEST_DAYS: Final = 366
_NOBODY: Final = "0" * 64


def make_token(
    identity: str, secret: str, *, name: str, services: Sequence[str], lasting: tuple[datetime, int]
) -> tuple[AccessToken, str]:
    """Give a token as it is kept, and the text that is shown once; `lasting` is from when, and for how many days."""
    now, days = lasting
    kept = AccessToken(
        id=identity,
        name=name,
        digest=_digest(secret),
        created_at=now,
        expires_at=now + timedelta(days=days),
        services=tuple(ServiceId(each) for each in services),
    )
    return kept, f"{PREFIX}{identity}_{secret}"


def token_of(header: str, tokens: Sequence[AccessToken], now: datetime) -> AccessToken | None:
    """Give the token that an Authorization header shows; None where it shows none that holds now."""
    scheme, _, shown = header.partition(" ")
    identity, _, secret = shown.strip().removeprefix(PREFIX).partition("_")
    found = next((one for one in tokens if one.id == identity), None)
    # Compared also where nobody has that id, so that the time tells nothing.
    is_equal = hmac.compare_digest(found.digest if found else _NOBODY, _digest(secret))
    is_bearer = scheme.lower() == "bearer" and shown.strip().startswith(PREFIX)
    return found if found and is_equal and is_bearer and now < found.expires_at else None


def render_tokens(tokens: Sequence[AccessToken]) -> bytes:
    """Give the file that keeps tokens."""
    return orjson.dumps(
        {"schema": 1, "tokens": list(tokens)},
        option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
    )


def read_tokens(data: bytes, *, where: str) -> tuple[AccessToken, ...]:
    """Read the file that keeps tokens. **raises** BadInput when it is damaged: then nobody is let in."""
    listed = items(need_mapping(read_json(data, where=where), where=where), "tokens")
    return tuple(_token(one, where) for one in listed)


def _token(document: object, where: str) -> AccessToken:
    fields = need_mapping(document, where=where)
    return AccessToken(
        id=need_text(fields, "id", where=where),
        name=need_text(fields, "name", where=where),
        digest=need_text(fields, "digest", where=where),
        created_at=_instant(fields.get("created_at"), where),
        expires_at=_instant(fields.get("expires_at"), where),
        services=tuple(ServiceId(each) for each in texts(fields, "services")),
    )


def _instant(value: object, where: str) -> datetime:
    found = instant(value)
    if found is None:
        raise BadInput("A token has a time that is none.", where=where)
    return found


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
