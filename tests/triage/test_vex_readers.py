"""No shape of a VEX document makes a reader raise anything but BadInput, and entries are read or counted."""

import copy
import json
from collections.abc import Callable, Iterator, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.flows.statements import csaf, cyclonedx, openvex
from tesuri.model.errors import BadInput
from tesuri.model.vex import VexDocument, VexStatus, asset_of_urn, asset_urn
from tesuri.triage.vex.csaf import read_csaf
from tesuri.triage.vex.cyclonedx import read_cyclonedx
from tesuri.triage.vex.match import asset_names
from tesuri.triage.vex.openvex import read_openvex
from tesuri.untrusted.shape import mapping

_READERS: Mapping[str, tuple[bytes, Callable[[object], VexDocument]]] = {
    "openvex": (openvex(), read_openvex),
    "cyclonedx": (cyclonedx(), lambda document: read_cyclonedx(mapping(document))),
    "csaf": (csaf(), read_csaf),
}
_WORDS = st.sampled_from(
    ["pkg:", "pkg:oci/a", "urn:cdx:1/1#x", "not_affected", "CVE-2026-1", "", "/"]
)
_ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=6), _WORDS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


def places(value: object) -> Iterator[tuple[dict[str, object] | list[object], str | int]]:
    """Give every place of a document at which something else can stand."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield value, key
            yield from places(inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield value, index
            yield from places(inner)


@pytest.mark.parametrize("form", _READERS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_document_with_anything_anywhere_is_read_or_refused(
    form: str, data: st.DataObject
) -> None:
    sample, read = _READERS[form]
    document = copy.deepcopy(json.loads(sample))
    holder, key = data.draw(st.sampled_from(list(places(document))))
    holder[key] = data.draw(_ANYTHING)  # type: ignore[index]  # the key is of its holder
    try:
        found = read(document)
    except BadInput:
        return
    for each in found.statements:
        assert each.vulnerability
        assert each.pointer
        assert all(asset_names(each.product)) or not each.product


def test_every_status_of_csaf_is_told_apart() -> None:
    document = json.loads(csaf())
    status = {"fixed": ["image"], "known_affected": ["package"], "known_not_affected": ["both"]}
    document["vulnerabilities"][0]["product_status"] = status
    found = {
        (each.product, each.package.name if each.package else ""): each.status
        for each in read_csaf(document).statements
    }
    assert found == {
        ("shop/web", ""): VexStatus.FIXED,
        ("", "openssl"): VexStatus.AFFECTED,
        ("shop/web", "openssl"): VexStatus.NOT_AFFECTED,
    }


def test_openvex_of_before_0_2_with_bare_texts_is_read() -> None:
    statement = {
        "vulnerability": "CVE-2026-0001",
        "products": ["shop/web"],
        "subcomponents": ["pkg:deb/debian/openssl@3.0.1"],
        "status": "not_affected",
    }
    document = {"@context": "https://openvex.dev/ns", "author": "a", "statements": [statement]}
    (found,) = read_openvex(document).statements
    assert found.package is not None
    assert (found.product, found.package.name) == ("shop/web", "openssl")


@given(st.text(max_size=20))
def test_the_name_of_an_asset_comes_back_from_its_urn(asset: str) -> None:
    asset = asset.encode(errors="replace").decode()
    assert asset_of_urn(asset_urn(asset)) == asset
    assert asset_urn(asset).isascii()
