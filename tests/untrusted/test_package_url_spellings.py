"""Usual package URLs are taken apart without the library, and to the same parts."""

import random

import pytest
from packageurl import PackageURL

from tesuri.model.observation import Package
from tesuri.untrusted.package_url import package_from_purl

_WORDS = [
    "a",
    "Foo",
    "foo_bar",
    "x.y",
    "1.2",
    "A-B",
    "~a",
    "c++",
    "..",
    ".",
    "com.fasterxml",
    "github.com",
]
_VERSIONS = ("", "@1.0", "@1.0-r1+dfsg~1", "@1%2B2", "@1:2")
_QUALIFIERS = ("", "?arch=x86&distro=debian-12", "?a=", "?type=jar", "?x=%2F:/", "?a", "#sub/path")
_TYPES = (
    "alpm apk cargo composer deb gem generic github golang maven npm NPM nuget oci pub pypi rpm"
)


@pytest.mark.parametrize("kind", _TYPES.split())
def test_usual_and_unusual_spellings_give_the_parts_of_the_library(kind: str) -> None:
    draw = random.Random(1)
    for _ in range(300):
        namespace = "".join(f"{draw.choice(_WORDS)}/" for _ in range(draw.choice((0, 0, 1, 2))))
        rest = draw.choice(_VERSIONS) + draw.choice(_QUALIFIERS)
        purl = f"pkg:{kind}/{namespace}{draw.choice(_WORDS)}{rest}"
        assert package_from_purl(purl) == _by_the_library(purl), purl


def _by_the_library(purl: str) -> Package | None:
    try:
        parsed = PackageURL.from_string(purl)
    except ValueError:
        return None
    return Package(parsed.name, parsed.version or "", parsed.type, parsed.namespace or "")
