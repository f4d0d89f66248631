"""What reports say about fixes and further reading, to one form: lists of versions, web links, a plain remedy.

Ranges are not versions: `>=1.2.3` gives the version, `<0.0.0` (npm's word for "never") gives none.
"""

import re
from collections.abc import Iterable

_NO_VERSION = frozenset({"none", "null", "n/a", "-", "*", "unknown", "not-fixed", "wont-fix"})
_RANGE = re.compile(r"^(>=|=>|>|==|=|\^|~>|~)?\s*v?(?=\d)")
# NOTE: a run of spaces is looked at from its first one only; from each of them it would take quadratic time.
_ALTERNATIVES = re.compile(r",|\|\||(?<!\s)\s+or\s+")
_MAX_LINKS = 50


def versions_listed(*words: str) -> tuple[str, ...]:
    """Give each version that the words name once; several in one word are split at commas and bars."""
    found = [part.strip() for word in words for part in _ALTERNATIVES.split(word)]
    return tuple(dict.fromkeys(part for part in found if part and part.lower() not in _NO_VERSION))


def lowest_of_range(text: str) -> tuple[str, ...]:
    """Give the lowest version of each alternative in a range like `>=1.2.3 <2 || >=2.4.1`."""
    firsts = [part.strip().partition(" <")[0] for part in re.split(r"\|\||,", text)]
    plain = [_RANGE.sub("", first).strip() for first in firsts if _RANGE.match(first)]
    return tuple(dict.fromkeys(part for part in plain if part and " " not in part))


def update_sentence(name: str, versions: tuple[str, ...]) -> str:
    """Give the remedy that fixed versions mean; empty without any."""
    return f"Update {name or 'it'} to {' or '.join(versions)}." if versions else ""


def web_links(candidates: Iterable[str]) -> tuple[str, ...]:
    """Give each http or https address once, at most fifty; everything else is no link."""
    found = (word.strip() for word in candidates)
    links = dict.fromkeys(
        word for word in found if word.startswith(("https://", "http://")) and " " not in word
    )
    return tuple(links)[:_MAX_LINKS]
