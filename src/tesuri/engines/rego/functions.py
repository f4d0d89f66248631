"""Built-in functions of Rego that the engine lacks, as pure functions. Runs in the child process only.

None of them reads a file, a clock, the network or the environment. One that raises makes its clause undecided, so the
types are looked at before (`totals.py`).
"""

import hashlib
import hmac
import ipaddress
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from tesuri.engines.rego.patterns import pattern
from tesuri.engines.rego.printing import formatted
from tesuri.engines.rego.tokens import decoded_token, verified_claims, verified_token
from tesuri.engines.rego.uris import is_uri, parsed_uri
from tesuri.model.errors import BadInput

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_DIGESTS: Final = ("md5", "sha1", "sha256")
_KEYED: Final = ("md5", "sha1", "sha256", "sha512")


def digest(name: str, words: str) -> str:
    """Give `crypto.md5` and its like."""
    return hashlib.new(name, words.encode(), usedforsecurity=False).hexdigest()


def keyed_digest(name: str, words: str, key: str) -> str:
    """Give `crypto.hmac.sha256` and its like."""
    return hmac.new(key.encode(), words.encode(), name).hexdigest()


def flattened(listed: Sequence[object]) -> list[object]:
    """Give `array.flatten`: lists in the list give way to their members, one level."""
    if not isinstance(listed, list | tuple):
        raise TypeError
    return [part for one in listed for part in (one if isinstance(one, list | tuple) else [one])]


def intersects(one: str, other: str) -> bool:
    """Give `net.cidr_intersects`."""
    left, right = _network(one), _network(other)
    return left.version == right.version and left.overlaps(right)


def contains_matches(wide: object, narrow: object) -> set[tuple[object, object]]:
    """Give `net.cidr_contains_matches`: pairs of the places where one network holds the other."""
    held = list(_placed(narrow))
    return {
        (place, other)
        for place, network in _placed(wide)
        for other, inner in held
        if network.version == inner.version and _holds(network, inner)
    }


def merged(networks: Iterable[str]) -> set[str]:
    """Give `net.cidr_merge`: as few networks as hold the same addresses."""
    known = [_network(each) for each in networks]
    fours = [each for each in known if isinstance(each, ipaddress.IPv4Network)]
    sixes = [each for each in known if isinstance(each, ipaddress.IPv6Network)]
    return {
        str(each)
        for each in (*ipaddress.collapse_addresses(fours), *ipaddress.collapse_addresses(sixes))
    }


def _network(text: str) -> _Network:
    return ipaddress.ip_network(text, strict=False)


def _holds(wide: _Network, narrow: _Network) -> bool:
    return (
        wide.network_address <= narrow.network_address  # type: ignore[operator]  # of one version, as the caller looked
        and narrow.broadcast_address <= wide.broadcast_address  # type: ignore[operator]  # as above
    )


def _placed(value: object) -> Iterator[tuple[object, _Network]]:
    """Give each network with what the policy finds it by: its index, its key, or itself."""
    if isinstance(value, str):
        yield value, _network(value)
    elif isinstance(value, Mapping):
        yield from ((key, _network(_first(each))) for key, each in value.items())
    elif isinstance(value, list | tuple):
        yield from ((number, _network(_first(each))) for number, each in enumerate(value))
    elif isinstance(value, set | frozenset):
        yield from ((each, _network(_first(each))) for each in value)
    else:
        raise TypeError


def _first(value: object) -> str:
    """Give the network of an entry: itself, or the first of a list."""
    found = value[0] if isinstance(value, list | tuple) and value else value
    if not isinstance(found, str):
        raise TypeError
    return found


def replaced_texts(pairs: Sequence[tuple[str, str]], words: str) -> str:
    """Give `strings.replace_n`: at each place the first old text, in the order of their names, that stands there."""
    known = sorted((old, new) for old, new in pairs)
    listed = dict(known)
    if not listed:
        return words
    return re.sub(
        "|".join(re.escape(old) for old, _ in known), lambda found: listed[found[0]], words
    )


def read_values(words: str) -> list[str]:
    """Give the JSON of YAML, in a list; an empty list where it is none."""
    from tesuri.untrusted.yaml_document import read_yaml  # noqa: PLC0415 - most policies read none

    try:
        return [json.dumps(read_yaml(words.encode(), where=""))]
    except (BadInput, TypeError, ValueError):
        return []


EXTENSIONS: Final[Mapping[str, tuple[int, Callable[..., object]]]] = {
    **{f"crypto.{name}": (1, partial(digest, name)) for name in _DIGESTS},
    **{f"crypto.hmac.{name}": (2, partial(keyed_digest, name)) for name in _KEYED},
    "crypto.hmac.equal": (2, hmac.compare_digest),
    "array.flatten": (1, flattened),
    "net.cidr_intersects": (2, intersects),
    "net.cidr_overlap": (2, intersects),
    "net.cidr_contains_matches": (2, contains_matches),
    "net.cidr_merge": (1, merged),
    "io.jwt.decode": (1, decoded_token),
    "tesuri.token": (3, verified_token),
    "tesuri.claims": (3, verified_claims),
    "tesuri.uri": (1, parsed_uri),
    "uri.is_valid": (1, is_uri),
    "tesuri.sprintf": (2, formatted),
    "tesuri.pattern": (1, pattern),
    "tesuri.replace_n": (2, replaced_texts),
    "tesuri.yaml": (1, read_values),
}
"""Name in Rego → how many arguments it takes, and the function."""
