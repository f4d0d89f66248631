"""Foreign texts in a form that every store takes: PostgreSQL knows no NUL and no endless key."""

import hashlib
import re

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_LONGEST_KEY_BYTES = 800
# From: https://www.postgresql.org/docs/15/btree-implementation.html (a third of a page for all columns)


def storable(text: str) -> str:
    """Give the text with U+FFFD for NUL and for half characters, which have no UTF-8 form."""
    return text if text.isprintable() else _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def short_key(text: str) -> str:
    """Give a text that is unique or looked up, storable; the rest of a very long one becomes its SHA-256."""
    kept = storable(text)
    encoded = kept.encode()
    if len(encoded) <= _LONGEST_KEY_BYTES:
        return kept
    digest = hashlib.sha256(encoded).hexdigest()
    return f"{encoded[: _LONGEST_KEY_BYTES - 80].decode(errors='ignore')}…{digest}"
