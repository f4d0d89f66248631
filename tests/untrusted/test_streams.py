"""A document that is read in parts is the document, wherever the parts end; what is broken is refused."""

from collections import Counter
from dataclasses import dataclass

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tesuri.model.errors import BadInput
from tesuri.untrusted.byte_source import HeldBytes, sha256_of
from tesuri.untrusted.csv_document import read_csv
from tesuri.untrusted.csv_stream import stream_csv
from tesuri.untrusted.json_pieces import RecordList, plain_value
from tesuri.untrusted.json_stream import RecordMap, stream_json, stream_json_lines
from tesuri.untrusted.xml_document import Element, child, children, contents, read_xml
from tesuri.untrusted.xml_stream import StreamedChildren, stream_xml

_LEAVES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=9)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=60,
)


@given(
    value=_VALUES,
    chunk=st.integers(8, 90),
    split=st.integers(0, 60),
    option=st.sampled_from([0, orjson.OPT_INDENT_2]),
)
@settings(max_examples=300, deadline=None)
def test_a_streamed_value_is_the_value(value: object, chunk: int, split: int, option: int) -> None:
    data = orjson.dumps(value, option=option)
    found = stream_json(HeldBytes(data), where="f", chunk=chunk, split=split)
    assert plain_value(found) == value


@given(value=_VALUES, chunk=st.integers(8, 90), choice=st.data())
@settings(max_examples=300, deadline=None)
def test_a_damaged_document_is_refused_exactly_when_it_is_no_json(
    value: object, chunk: int, choice: st.DataObject
) -> None:
    data = orjson.dumps({"a": value})
    place = choice.draw(st.integers(0, len(data) - 1))
    damaged = choice.draw(
        st.sampled_from([data[:place], data[:place] + b'"}]\xff,'[place % 5 :][:1] + data[place:]])
    )
    try:
        wanted = orjson.loads(damaged)
    except orjson.JSONDecodeError:
        with pytest.raises(BadInput):
            plain_value(stream_json(HeldBytes(damaged), where="f", chunk=chunk))
    else:
        assert plain_value(stream_json(HeldBytes(damaged), where="f", chunk=chunk)) == wanted


def test_large_lists_and_mappings_are_read_again_and_not_kept() -> None:
    value = {
        "head": {"name": "x"},
        "rows": [{"id": number} for number in range(500)],
        "by_name": {f"key {number}": [number] for number in range(500)},
        "tail": 1,
    }
    found = stream_json(HeldBytes(orjson.dumps(value)), where="f", chunk=200)
    assert isinstance(found, dict)
    rows, by_name = found["rows"], found["by_name"]
    assert isinstance(rows, RecordList)
    assert isinstance(by_name, RecordMap)
    assert (found["tail"], rows[321], len(by_name)) == (1, {"id": 321}, 500)
    assert (by_name["key 7"], by_name.get("none"), "key 499" in by_name) == ([7], None, True)
    assert by_name == value["by_name"]
    assert list(by_name.items()) == list(value["by_name"].items())  # type: ignore[attr-defined]


@dataclass
class _Changing:
    """A source that somebody writes to while it is read."""

    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)

    def read(self, start: int, count: int) -> bytes:
        return self.content[start : start + count]


def test_a_file_that_changes_while_it_is_read_is_refused_in_a_sentence() -> None:
    rows = {"rows": [{"id": number} for number in range(500)]}
    names = {f"key {number}": [number] for number in range(500)}
    for value in (rows, names):
        source = _Changing(orjson.dumps(value))
        found = stream_json(source, where="f", chunk=200)
        source.content = source.content[:3000] + b'"' * 3000
        with pytest.raises(BadInput, match="changed while"):
            plain_value(found)
    xml = _Changing(b"<a>" + b"<b>text</b>" * 500 + b"</a>")
    root = stream_xml(xml, where="f", limit=200)
    xml.content = xml.content[:3000]
    with pytest.raises(BadInput, match="changed while"):
        list(root.children)


def test_a_byte_order_mark_and_an_assignment_stand_before_the_value() -> None:
    data = b"\xef\xbb\xbfresults =\n" + orjson.dumps({"a": list(range(99))}) + b";\n"
    assert plain_value(stream_json(HeldBytes(data), where="f", chunk=20)) == {"a": list(range(99))}
    with pytest.raises(BadInput, match="More text follows"):
        stream_json(HeldBytes(b"[1, 2]; x"), where="f", chunk=4)


def test_a_value_that_nests_too_deep_is_refused() -> None:
    with pytest.raises(BadInput, match="deeper than 200"):
        stream_json(HeldBytes(b"[" * 300 + b"]" * 300), where="f", chunk=10)


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_streamed_lines_are_the_lines(end: bytes) -> None:
    rows = [{"id": number, "text": "é" * number} for number in range(60)]
    data = end.join(orjson.dumps(row) for row in rows) + end + end
    found = stream_json_lines(HeldBytes(data), where="f", chunk=64)
    assert (found, found[59]) == (rows, rows[59])
    with pytest.raises(BadInput, match="line 3"):
        stream_json_lines(HeldBytes(b"1\n2\n{\n4\n"), where="f", chunk=3)
    with pytest.raises(BadInput, match="white space"):
        stream_json_lines(HeldBytes(b"\n\n"), where="f", chunk=1)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("chunk", [1, 7, 64])
def test_streamed_rows_are_the_rows(end: str, chunk: int) -> None:
    lines = ["name;note", 'a;"two', 'lines; é"', "", "b", "c;d;e"]
    data = end.join([*lines, *(f"x{number};y" for number in range(40))]).encode()
    whole, streamed = (
        read_csv(data, where="f"),
        stream_csv(HeldBytes(data), where="f", chunk=chunk),
    )
    assert streamed.columns == whole.columns
    assert list(streamed.rows) == list(whole.rows)
    assert (len(streamed.rows), streamed.rows[-1]) == (len(whole.rows), whole.rows[-1])
    assert list(streamed.rows[1:3]) == list(whole.rows[1:3])


def test_broken_quoting_is_found_before_the_first_row_is_read() -> None:
    with pytest.raises(BadInput, match="line"):
        stream_csv(HeldBytes(b'a,b\n1,2\n3,"4\n5,6\n'), where="f", chunk=5)


_XML = (
    "<?xml version='1.0' encoding='{encoding}'?>\n<a:report xmlns:a='x' id='1'>\n <head>né</head>\n"
    "{hosts}\n <tail/>\n</a:report>\n"
)
_HOST = "<host name='{number}'>\n{items}</host>"


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1"])
@pytest.mark.parametrize("limit", [1, 90, 2000])
def test_streamed_elements_are_the_elements(encoding: str, limit: int) -> None:
    hosts = "\n".join(
        _HOST.format(
            number=number, items="".join(f" <item>é {each}<b/></item>\n" for each in range(number))
        )
        for number in range(12)
    )
    data = _XML.format(encoding=encoding, hosts=hosts).encode(encoding)
    whole = read_xml(data, where="f")
    streamed = stream_xml(HeldBytes(data), where="f", limit=limit, feed=50)
    assert _told(streamed) == _told(whole)
    assert isinstance(streamed.children, StreamedChildren) == (limit < 2000)
    assert len(streamed.children) == len(whole.children)


def _told(element: Element) -> object:
    about = (element.name, dict(element.attributes), element.text.strip())
    return (*about, element.pointer, element.line, [_told(inner) for inner in element.children])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"<a><b></a>", "mismatched"),
        (b"<a><b/>", "cut off"),
        (b"<a/><b/>", "More text follows"),
        (b"<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", "entity"),
        (b"<a>" * 101 + b"</a>" * 101, "deeper"),
    ],
)
def test_what_is_no_xml_is_refused(text: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        stream_xml(HeldBytes(text), where="f", limit=1, feed=3)


def test_white_space_between_a_million_elements_is_not_kept() -> None:
    data = b"<a>" + b"\n  <b/>" * 2000 + b"</a>"
    streamed = stream_xml(HeldBytes(data), where="f", limit=100)
    assert Counter(inner.name for inner in streamed.children) == {"b": 2000}
    assert len(streamed.text) < 200


@dataclass(frozen=True)
class _Counted:
    """A source that remembers how often it is read."""

    held: HeldBytes
    reads: list[int]

    @property
    def size(self) -> int:
        return self.held.size

    def read(self, start: int, count: int) -> bytes:
        self.reads.append(start)
        return self.held.read(start, count)


def test_who_asks_for_one_name_reads_only_the_parts_that_have_it() -> None:
    data = b"<a><first/>" + b"<b><c>x</c></b>" * 2000 + b"<last/></a>"
    counted = _Counted(HeldBytes(data), [])
    streamed = stream_xml(counted, where="f", limit=300)
    counted.reads.clear()
    assert not list(children(streamed, "ReportHost", "ReportItem"))
    assert counted.reads == []
    assert child(streamed, "last").pointer == "/a/last"
    assert len(counted.reads) == 1
    assert contents(streamed, "b", "c") == ("x",) * 2000


def test_a_digest_does_not_depend_on_how_the_bytes_are_held() -> None:
    data = b"x" * 5_000_000
    assert sha256_of(data) == sha256_of(HeldBytes(data))
