"""XML of strangers: what the reader gives, and the sentence with which it refuses."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tesuri.model.errors import BadInput
from tesuri.untrusted.xml_document import (
    MAX_ATTRIBUTES,
    MAX_DEPTH,
    NOTHING,
    attribute,
    child,
    children,
    content,
    contents,
    element,
    read_xml,
)

_REPORT = b"""<?xml version="1.0"?>
<!-- made by hand -->
<run tool=" t ">
  <host><name>a</name></host>
  <host>
    <name> b<i/> c </name><name/>
  </host>
</run>
"""


def test_an_element_knows_its_text_its_place_and_its_line() -> None:
    root = read_xml(_REPORT, where="f")
    second = list(children(root, "host"))[1]
    assert (root.name, attribute(root, "tool"), attribute(root, "none")) == ("run", "t", "")
    assert (second.pointer, second.line) == ("/run/host[2]", 5)
    assert content(second, "name") == "b c"
    assert child(second, "name", "i").pointer == "/run/host[2]/name/i"
    assert contents(root, "host", "name") == ("a", "b c")
    assert child(root, "host", "none") is NOTHING
    assert content(NOTHING, "any", "path") == ""


def test_what_is_no_element_has_no_name_and_nothing_in_it() -> None:
    for value in (None, {"name": "a"}, ["a"], "a", 1):
        assert element(value) is NOTHING
    assert element(read_xml(b"<a/>", where="f")).name == "a"


def test_prefixes_are_dropped_and_a_dtd_that_only_describes_is_passed_over() -> None:
    data = b"""<!DOCTYPE r SYSTEM "https://example.org/r.dtd" [
        <!ELEMENT r (a*)><!ATTLIST r x CDATA "default"> ]>
        <n:r xmlns:n="urn:n"><n:a>1</n:a></n:r>"""
    root = read_xml(data, where="f")
    assert root.name == "r"
    assert content(root, "a") == "1"
    assert attribute(root, "x") == ""


@pytest.mark.parametrize(
    "data",
    [
        '<?xml version="1.0" encoding="UTF-8"?><a>é“</a>'.encode(),
        '<?xml version="1.0" encoding="UTF-16"?><a>é“</a>'.encode("utf-16"),
        '<?xml version="1.0" encoding="utf-8"?><a>é“</a>'.encode("utf-16-le"),
        '<?xml version="1.0" encoding="utf-16"?><a>é“</a>'.encode("utf-8-sig"),
        '<?xml version="1.0" encoding="windows-1252"?><a>é“</a>'.encode("windows-1252"),
        '\n\n<?xml version="1.0"?><a>é“</a>'.encode(),
    ],
)
def test_the_text_is_the_same_in_every_encoding(data: bytes) -> None:
    assert read_xml(data, where="f").text == "é“"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \n ", "only white space"),
        (b"<a><b></a>", "line 1, column 9: mismatched tag"),
        (b"\n\n<a>\n<b>", "line 4\\): the file was cut off"),
        (b"<a", "cut off"),
        (b"<!-- x", "cut off"),
        (b"<a/>\n<b/>", "f: line 2: More text follows the root element"),
        (b"<a>&undefined;</a>", "undefined entity"),
        (b"<a>\xff</a>", "Byte 3 is not valid UTF-8"),
        (b"<a x='1' x='2'/>", "duplicate attribute"),
        (b'<?xml version="1.0" encoding="klingon"?><a>\x93</a>', "encoding that cannot be read"),
        (b'<?xml version="1.0" encoding="shift_jis"?><a>\x93\xfa</a>', "encoding that cannot"),
    ],
)
def test_what_is_no_xml_is_refused_in_a_sentence_with_its_line(data: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read_xml(data, where="f")


@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        b'<!DOCTYPE a [<!ENTITY x "y">]><a/>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'<!DOCTYPE a [<!ENTITY % x SYSTEM "https://example.org/x"> %x;]><a/>',
        b'<!DOCTYPE a SYSTEM "https://example.org/a.dtd"><a>&x;</a>',
        b'<!DOCTYPE a [<!ENTITY x "xxxx"><!ENTITY y "&x;&x;">]><a b="&y;"/>',
    ],
)
def test_no_entity_of_the_document_is_ever_expanded_or_fetched(data: bytes) -> None:
    with pytest.raises(BadInput, match="entity of its own"):
        read_xml(data, where="f")


def test_include_is_an_element_like_any_other() -> None:
    data = b'<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="x.xml"/></a>'
    assert [inner.name for inner in read_xml(data, where="f").children] == ["include"]


def test_size_depth_and_attributes_are_bounded() -> None:
    deep = b"<a>" * MAX_DEPTH + b"</a>" * MAX_DEPTH
    assert read_xml(deep, where="f").name == "a"
    with pytest.raises(BadInput, match=f"deeper than {MAX_DEPTH} levels"):
        read_xml(b"<a>" + deep + b"</a>", where="f")
    many = " ".join(f'a{number}=""' for number in range(MAX_ATTRIBUTES + 1))
    with pytest.raises(BadInput, match=f"more than {MAX_ATTRIBUTES} attributes"):
        read_xml(f"<a {many}/>".encode(), where="f")
    with pytest.raises(BadInput, match="the limit is 3"):
        read_xml(b"<a/>", where="f", max_bytes=3)


@given(
    parts=st.lists(
        st.sampled_from(
            [
                "<a>",
                "</a>",
                "<a/>",
                "<b",
                'c="d">',
                "</b>",
                "x",
                "&amp;",
                "&lt;",
                "&x;",
                "<!--y-->",
                "<![CDATA[z]]>",
                "<?p",
                "q?>",
                "<",
                ">",
                "é",
                '"',
                "\n",
            ]
        ),
        max_size=12,
    ).map("".join)
)
@settings(max_examples=300, deadline=None)
def test_any_markup_is_read_or_refused(parts: str) -> None:
    for words in (parts, f"<r>{parts}</r>"):
        with suppress(BadInput):
            assert read_xml(words.encode(), where="f").name


@given(data=st.binary(max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for words in (data, b"<a>" + data + b"</a>", b'<?xml version="1.0"?>' + data):
        with suppress(BadInput):
            read_xml(words, where="f")
