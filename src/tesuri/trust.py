"""Builds what gates believe in place of a store: keys of state files. The other place, beside `wiring`, that builds adapters."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from tesuri.budgets.policy_book import open_state_file
from tesuri.exports.policy_book import render_policy_book
from tesuri.flows.write_policy_book import write_policy_book
from tesuri.model.errors import Unavailable
from tesuri.model.policy_book import BookReading

if TYPE_CHECKING:
    from tesuri.signing.ed25519 import PrivateKey
    from tesuri.wiring import Site


def policy_states(site: "Site", *, scope: Sequence[str], hours: int) -> bytes:
    """Give the policy state of every service as a document. **raises** BadInput for a wrong scope."""
    with site.survey() as (survey, _):
        return render_policy_book(write_policy_book(survey, scope=scope, hours=hours))


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
