"""Tables with lines about the report above their header."""

import pytest

from tesuri.model.errors import BadInput
from tesuri.untrusted.byte_source import HeldBytes
from tesuri.untrusted.csv_document import is_table, read_csv
from tesuri.untrusted.csv_stream import stream_csv

_HEADER = "IP,DNS,QID,Title,Type,Severity,Port,Protocol,Solution\n"
_ROW = "192.0.2.1,a.example,1,Old server,Vuln,4,443,tcp,Update\n"


def test_lines_above_the_header_are_kept_apart() -> None:
    data = f'Scan Results\n"Example","1 Street"\n\nDate,Hosts,Status\n1,2,3\n\n{_HEADER}{_ROW}'
    table = read_csv(data.encode(), where="f")
    assert table.columns[:3] == ("IP", "DNS", "QID")
    assert [row.line for row in table.rows] == [8]
    assert table.rows[0].cells["Port"] == "443"
    assert table.preamble[:2] == (("Scan Results",), ("Example", "1 Street"))
    assert len(table.preamble) == 4


def test_a_header_below_lines_and_without_rows_is_an_empty_table() -> None:
    table = read_csv(f"Scan Results,today\n{_HEADER}".encode(), where="f")
    assert (table.columns[0], table.rows) == ("IP", ())


@pytest.mark.parametrize(
    "data",
    [
        _HEADER + _ROW,
        "a,b\n1,2,3,4,5,6,7,8,9\n",
        "a,b\none,two,one,two,one,two,one,two,one\n",
        "a,b,c,d,e,f\nk,l,m,n,o,p,q,r\n",
    ],
)
def test_an_ordinary_table_keeps_its_first_line_as_header(data: str) -> None:
    table = read_csv(data.encode(), where="f")
    assert table.columns == tuple(data.partition("\n")[0].split(","))
    assert table.preamble == ()


def test_prose_is_no_table_but_a_title_above_a_table_is_part_of_one() -> None:
    assert not is_table("scan failed: no such image\nnothing to see, really\n")
    assert is_table("a;b\n1;2")
    assert is_table(f"Scan Results\n\n{_HEADER}{_ROW}")


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_a_line_for_excel_that_names_the_delimiter_is_no_header(sign: str) -> None:
    # The header alone would be taken for one with commas.
    data = f"sep={sign}\r\na, b, c{sign}d\r\n1{sign}2\r\n"
    table = read_csv(data.encode(), where="f")
    assert table.columns == (("a", "b", "c", "d") if sign == "," else ("a, b, c", "d"))
    assert [row.line for row in table.rows] == [3]
    assert stream_csv(HeldBytes(data.encode()), where="f").columns == table.columns
    assert list(stream_csv(HeldBytes(data.encode()), where="f").rows) == list(table.rows)


@pytest.mark.parametrize(("encoding", "word"), [("cp932", "ホスト名"), ("cp1252", "Größe – 5 €")])
def test_a_table_saved_in_the_encoding_of_excel_is_read(encoding: str, word: str) -> None:
    table = read_csv(f"Host,{word}\na,{word}\n".encode(encoding), where="f")
    assert table.columns == ("Host", word)
    assert table.rows[0].cells == {"Host": "a", word: word}


@pytest.mark.parametrize(("encoding", "word"), [("cp932", "ホスト名"), ("cp1252", "Größe – 5 €")])
def test_a_large_table_saved_in_the_encoding_of_excel_reads_as_a_small_one(
    encoding: str, word: str
) -> None:
    data = f"Host,{word}\na,plain\nb,{word}\n".encode(encoding)
    # Parts of three bytes cut letters of two bytes apart.
    streamed = stream_csv(HeldBytes(data), where="f", chunk=3)
    assert streamed.columns == ("Host", word)
    assert list(streamed.rows) == list(read_csv(data, where="f").rows)


@pytest.mark.parametrize(
    "data", [b"a,b\n\x81\x8d,1\n", b"a,b\n\x01\xe9,1\n", b"a,b\n\xff\xfe\x00,\n"]
)
def test_bytes_that_are_no_text_in_any_of_them_are_refused(data: bytes) -> None:
    with pytest.raises(BadInput):
        read_csv(data, where="f")
    with pytest.raises(BadInput):
        list(stream_csv(HeldBytes(data), where="f", chunk=3).rows)


def test_a_quote_that_only_the_last_line_leaves_open_swallows_nothing() -> None:
    table = read_csv(b'a,b\n1,"x"\n2,"y""\n', where="f")
    assert [row.cells["a"] for row in table.rows] == ["1", "2"]
    with pytest.raises(BadInput, match="line 3"):
        read_csv(b'a,b\n1,"x\n2,y\n', where="f")
    for cut in (b'a,b\n1,"x"\n2,"y\n', b'a,b\n1,"x"\n2,"y', b'a,b\n1,"x"\n2,"y""'):
        with pytest.raises(BadInput, match="line 3"):
            read_csv(cut, where="f")
    whole = read_csv(b'a,b\n1,"x\ny"\n', where="f")
    assert [row.cells["b"] for row in whole.rows] == ["x\ny"]
