"""Takes out of a text what a report calls a secret, before the text becomes a title or a context.

A scanner of secrets knows the secret: it is replaced. Other tools only quote it: then every quoted text goes, and
every long run of letters and digits. What a tool has already blacked out is no secret, and no identity either.
"""

import re

MASK = "***"

_MAX_MASKED = 20_000
"""Characters of a message about a secret; searching for what else may be one takes quadratic time."""
_SHORTEST = 4
_QUOTED = re.compile(r"(['\"`])(?:(?!\1).)+?\1")
_LONG_TOKEN = re.compile(r"[A-Za-z0-9+/=_-]{20,}")
_BLACKED_OUT = re.compile(r"redacted|hidden by|\*{3}|^[*xX.]+$|\.{3}$|…", re.IGNORECASE)


def without_secret(words: str, *secrets: str) -> str:
    """Give the text with each of the secrets, and each line of them, replaced."""
    parts = {part for secret in secrets for part in (secret, *secret.split()) if part}
    for part in sorted(parts, key=len, reverse=True):
        if len(part) >= _SHORTEST:
            words = words.replace(part, MASK)
    return words


def without_literals(words: str, *secrets: str) -> str:
    """Give the text without the secrets, without what stands in quotes, and without what looks like a key."""
    plain = without_secret(words[:_MAX_MASKED], *secrets)
    return _LONG_TOKEN.sub(_mask_unless_words, _QUOTED.sub(MASK, plain))


def real_secret(*candidates: str) -> str:
    """Give the first text that is a secret; empty where the tool has blacked all of them out."""
    for candidate in candidates:
        plain = candidate.strip()
        if plain and not _BLACKED_OUT.search(plain):
            return plain
    return ""


def _mask_unless_words(found: re.Match[str]) -> str:
    token = found[0]
    has_both = any(sign.isdigit() for sign in token) and any(sign.isalpha() for sign in token)
    return MASK if has_both else token
