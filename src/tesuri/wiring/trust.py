"""Builds what gates believe in place of a store: keys of state files, answers of servers, tokens. The other place, beside `wiring`, that builds adapters."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Final

from tesuri.budgets.policy_book import believed, open_state_file, read_policy_book
from tesuri.exports.policy_book import render_policy_book
from tesuri.flows.gates.access_tokens import read_tokens, render_tokens
from tesuri.flows.gates.write_policy_book import write_policy_book
from tesuri.model.access_token import AccessToken
from tesuri.model.errors import BadInput, Unavailable
from tesuri.model.policy_book import BookReading
from tesuri.settings import Settings

if TYPE_CHECKING:
    from tesuri.signing.ed25519 import PrivateKey
    from tesuri.wiring.site import Site


def policy_states(site: "Site", *, scope: Sequence[str], hours: int) -> bytes:
    """Give the policy state of every service as a document. **raises** BadInput for a wrong scope."""
    with site.survey() as (survey, _):
        return render_policy_book(write_policy_book(survey, scope=scope, hours=hours))


TOKENS: Final = ".tesuri/tokens.json"
"""Below the workspace, beside the store: digests only, for its owner only."""


def kept_tokens(settings: Settings) -> tuple[AccessToken, ...]:
    """Give the tokens of a workspace. **raises** BadInput where the file is damaged."""
    path = settings.workspace.value / TOKENS
    try:
        return read_tokens(path.read_bytes(), where=str(path))
    except FileNotFoundError:
        return ()


def keep_tokens(settings: Settings, tokens: Sequence[AccessToken]) -> None:
    """Keep these tokens in place of those before: the file is whole or as it was, and nobody else reads it."""
    path = settings.workspace.value / TOKENS
    path.parent.mkdir(exist_ok=True)
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(render_tokens(tokens))
    new.replace(path)


def server_reading(url: str, token: str, *, now: datetime) -> BookReading:
    """Ask a server for policy states; one that does not answer makes them unknown. **raises** BadInput for a wrong address."""
    from tesuri.outbound.policy_server import ask_policy_states  # noqa: PLC0415 - only where configured

    source = f"the server {url}"
    try:
        book = read_policy_book(ask_policy_states(url, token), where=url)
    except Unavailable as error:
        return BookReading(source, None, f"The server {url} tells no policy state: {error.what}.")
    except BadInput as error:
        if not error.where.startswith(url):
            raise
        return BookReading(source, None, f"The server {url} tells no policy state: {error.what}")
    return believed(book, source, now)


def new_key() -> "PrivateKey":
    """Make a key pair for state files."""
    with _needing_signed():
        from tesuri.signing import ed25519  # noqa: PLC0415 - its library is an extra
    return ed25519.new_key()


def read_private_key(pem: bytes, *, where: str) -> "PrivateKey":
    """Read the key that signs state files. **raises** BadInput."""
    with _needing_signed():
        from tesuri.signing import ed25519  # noqa: PLC0415 - its library is an extra
    return ed25519.read_private_key(pem, where=where)


def state_file(data: bytes, keys: Mapping[str, bytes], *, where: str, now: datetime) -> BookReading:
    """Open a signed state file with public keys by file. **raises** BadInput for a file that is no public key."""
    with _needing_signed():
        from tesuri.signing import ed25519  # noqa: PLC0415 - its library is an extra
    public = [ed25519.read_public_key(pem, where=name) for name, pem in keys.items()]
    known = {key.key_id: key.is_signed for key in public}
    return open_state_file(data, known, where=where, now=now)


@contextmanager
def _needing_signed() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        raise Unavailable(
            "Signed state files need the extra signed (cryptography is missing).",
            remedy="Install it with: pip install 'tesuri[signed]'.",
        ) from error
