"""Tables with lines about the report above their header."""

import pytest

from tesuri.untrusted.csv_document import is_table, read_csv

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
