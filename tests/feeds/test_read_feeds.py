import gzip
import hashlib
import json
import tracemalloc
from datetime import date
from pathlib import Path

import pytest

from tesuri.feeds.gunzip import gunzipped
from tesuri.feeds.read import recognise_feed
from tesuri.model.errors import BadInput
from tesuri.model.observation import Skipped
from tesuri.model.signal import EpssScore, Exploit, FeedName, FeedRecord, KevEntry

DAY = date(2026, 8, 22)
KEV_ENTRY = {
    "cveID": "CVE-2026-1234",
    "vulnerabilityName": "Shop Injection",
    "dateAdded": "2026-07-01",
    "dueDate": "2026-07-22",
    "knownRansomwareCampaignUse": "Known",
}
KEV_COLUMNS = "cveID,vulnerabilityName,dateAdded,dueDate,knownRansomwareCampaignUse"
KEV_ROW = "CVE-2026-1234,Shop Injection,2026-07-01,2026-07-22,Known"
KEV = KevEntry("CVE-2026-1234", date(2026, 7, 1), date(2026, 7, 22), True, "Shop Injection")
EPSS = """#model_version:v2025.03.14,score_date:2026-08-16T12:00:00Z
cve,epss,percentile
CVE-2026-1234,0.5,0.98
CVE-2026-5678,1e-05,0.01
"""


def kev_json(*entries: object, **more: object) -> bytes:
    catalogue = {"catalogVersion": "2026.07.02", "dateReleased": "2026-07-02T17:04:19.9796Z"}
    return json.dumps({**catalogue, **more, "vulnerabilities": list(entries)}).encode()


def records(data: bytes, as_of: date | None = DAY) -> list[FeedRecord]:
    return list(recognise_feed(data, where="feed", as_of=as_of).records)


def test_kev_as_json_says_its_own_day() -> None:
    data = kev_json(KEV_ENTRY)
    feed = recognise_feed(data, where="kev.json", as_of=DAY)
    assert feed.header.as_of == date(2026, 7, 2)
    assert feed.header.version == "2026.07.02"
    assert feed.header.sha256 == hashlib.sha256(data).hexdigest()
    assert (feed.header.rows, feed.header.source_file) == (1, "kev.json")
    assert list(feed.records) == [KEV]


def test_an_empty_kev_list_is_a_list() -> None:
    feed = recognise_feed(kev_json(), where="")
    assert (feed.header.rows, list(feed.records)) == (0, [])


def test_kev_as_csv_is_of_its_last_addition_at_least() -> None:
    data = f"{KEV_COLUMNS}\r\n{KEV_ROW}\r\n".encode("utf-8-sig")
    assert recognise_feed(data, where="").header.as_of == date(2026, 7, 1)
    assert recognise_feed(data, where="", as_of=DAY).header.as_of == DAY
    assert records(data) == [KEV]


def test_kev_cannot_be_older_than_what_it_holds() -> None:
    with pytest.raises(BadInput, match="2026-07-01"):
        recognise_feed(f"{KEV_COLUMNS}\n{KEV_ROW}".encode(), where="", as_of=date(2026, 6, 30))


def test_a_kev_list_without_rows_and_day_is_refused() -> None:
    with pytest.raises(BadInput, match="which day"):
        recognise_feed(f"{KEV_COLUMNS}\n".encode(), where="")


def test_unreadable_kev_entries_are_counted_with_their_reason() -> None:
    broken = [{"cveID": "CVE-2026-1234", "dateAdded": "soon"}, 7, {"cveID": "x"}, KEV_ENTRY]
    found = records(kev_json(KEV_ENTRY, *broken))
    assert found == [
        KEV,
        Skipped("/vulnerabilities/1", "no date on which CVE-2026-1234 was added"),
        Skipped("/vulnerabilities/2", "no CVE id"),
        Skipped("/vulnerabilities/3", "no CVE id"),
        KEV,
    ]


@pytest.mark.parametrize("data", [EPSS.encode(), gzip.compress(EPSS.encode())])
def test_epss_says_its_day_and_its_model(data: bytes) -> None:
    feed = recognise_feed(data, where="")
    assert feed.header.name is FeedName.EPSS
    assert (feed.header.version, feed.header.as_of) == ("v2025.03.14", date(2026, 8, 16))
    first, second = feed.records
    assert first == EpssScore("CVE-2026-1234", 0.5, 0.98, "v2025.03.14", date(2026, 8, 16))
    assert isinstance(second, EpssScore)
    assert second.score == 1e-05


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_epss_saved_anew_by_a_program_for_tables_is_the_same(encoding: str) -> None:
    plain = list(recognise_feed(EPSS.encode(), where="").records)
    table = "\r\n".join(
        line if line.startswith("#") else ";".join(f'"{cell}"' for cell in line.split(","))
        for line in EPSS.splitlines()
    )
    assert list(recognise_feed(table.encode(encoding), where="").records) == plain


def test_a_feed_of_many_pieces_is_read_line_by_line() -> None:
    rows = [f"CVE-2026-{number:07},0.{number % 10}1,0.5" for number in range(30_000)]
    text = "\n".join(["#score_date:2026-08-16", "cve,epss,percentile", *rows])
    assert len(text) > 10 * 65_536
    for data in (text.encode(), gzip.compress(text.encode()), gzip.compress(text.encode()) * 1):
        feed = recognise_feed(data, where="")
        assert feed.header.rows == len(rows)
        found = [record.cve for record in feed.records if isinstance(record, EpssScore)]
        assert found == [row.partition(",")[0] for row in rows]


def test_memory_does_not_grow_with_the_scores() -> None:
    rows = (f"CVE-2026-{number:07},0.1,0.5" for number in range(60_000))
    packed = gzip.compress(
        "\n".join(["#score_date:2026-08-16", "cve,epss,percentile", *rows]).encode()
    )
    tracemalloc.start()
    feed = recognise_feed(packed, where="")
    count = sum(1 for _ in feed.records)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == feed.header.rows == 60_000
    # The text has 1.6 MB, its records had ten times as much.
    assert peak < 1_000_000


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"cve,epss\n" + b"\xff\xfe", "not valid UTF-8"),
        (b"cve,epss\n" + b"x" * 2_000_000, "more than 1,048,576 characters"),
    ],
)
def test_a_feed_that_goes_wrong_further_down_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        recognise_feed(data, where="feed", as_of=DAY)


def test_epss_without_a_comment_needs_a_day() -> None:
    plain = EPSS.partition("\n")[2].encode()
    with pytest.raises(BadInput, match="which day"):
        recognise_feed(plain, where="")
    assert recognise_feed(plain, where="", as_of=DAY).header.as_of == DAY


@pytest.mark.parametrize("score", ["1.2", "-0.1", "nan", "", "high"])
def test_a_score_that_is_no_probability_is_skipped(score: str) -> None:
    found = records(f"cve,epss,percentile\nCVE-2026-1234,{score},0.5\nx,0.1,0.2\n".encode())
    assert found == [
        Skipped("line 2", "the score of CVE-2026-1234 is no probability"),
        Skipped("line 3", "no CVE id"),
    ]


def test_epss_of_the_public_interface_is_read() -> None:
    entry = {"cve": "CVE-2026-1234", "epss": "0.5", "percentile": "0.9", "date": "2026-08-01"}
    feed = recognise_feed(json.dumps({"status": "OK", "data": [entry]}).encode(), where="")
    assert feed.header.as_of == date(2026, 8, 1)
    assert list(feed.records) == [
        EpssScore("CVE-2026-1234", 0.5, 0.9, "", date(2026, 8, 1)),
    ]


EXPLOITS = [
    ('{"CVE-2026-1234": ["9", "11"]}', FeedName.EXPLOITDB, "9, 11"),
    (
        "id,file,description,codes\n7,exploits/php/7.py,Shop,CVE-2026-1234;OSVDB-1\n",
        FeedName.EXPLOITDB,
        "7",
    ),
    (
        "module_path,cve\n/exploits/shop.rb,CVE-2026-1234\n",
        FeedName.METASPLOIT,
        "/exploits/shop.rb",
    ),
    (
        '{"exploit_shop": {"fullname": "exploit/shop", "references": ["URL-x", "CVE-2026-1234"]}}',
        FeedName.METASPLOIT,
        "exploit/shop",
    ),
    (
        "cve,severity,template_path\nCVE-2026-1234,high,http/a.yaml\n",
        FeedName.NUCLEI,
        "http/a.yaml",
    ),
    (
        '{"ID":"CVE-2026-1234","Info":{},"file_path":"http/a.yaml"}\n',
        FeedName.NUCLEI,
        "http/a.yaml",
    ),
    (
        "CVE;advisory name;advisory URL\nCVE-2026-1234;x;https://packetstormsecurity.com/1\n",
        FeedName.PACKETSTORM,
        "https://packetstormsecurity.com/1",
    ),
    (
        "CVE;advisory name;advisory URL;x;\nCVE-2026-1234;SNYK-JS-1;https://security.snyk.io/1;no;\n",
        FeedName.SNYK,
        "https://security.snyk.io/1",
    ),
]


@pytest.mark.parametrize(("text", "source", "reference"), EXPLOITS)
def test_every_list_of_exploits_is_recognised(text: str, source: FeedName, reference: str) -> None:
    feed = recognise_feed(text.encode(), where="", as_of=DAY)
    assert (feed.header.name, feed.header.rows) == (source, 1)
    assert list(feed.records) == [Exploit("CVE-2026-1234", source, reference)]


@pytest.mark.parametrize("text", [text for text, _, _ in EXPLOITS])
def test_a_list_of_exploits_without_a_day_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="--as-of"):
        recognise_feed(text.encode(), where="")


def test_a_module_without_a_cve_is_counted() -> None:
    found = records(b"module_path,cve\n/a.rb,CVE-2026-1234\n/b.rb,\n")
    assert found[1] == Skipped("line 3", "no CVE id")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" \n",
        b"null",
        b"{}",
        b"[]",
        b"[1]",
        b'{"vulnerabilities": 3}',
        b'{"CVE-2026-1234": 3}',
        b'{"vulnerabilities": [{"cveID"',
        b"name,price\nx,1\n",
        b"cve,note\nCVE-2026-1234,x\n",
        b"\x00\x01\x02\xff",
        b"\x1f\x8b\x08\x00broken",
        gzip.compress(EPSS.encode())[:-12],
        b"<html></html>",
        b"[" * 5000,
        '{"data": "CVE"}'.encode("utf-16"),
    ],
)
def test_what_is_no_feed_is_refused_in_one_sentence(data: bytes) -> None:
    with pytest.raises(BadInput):
        recognise_feed(data, where="feed", as_of=DAY)


def test_a_gzip_file_cannot_grow_without_end() -> None:
    with pytest.raises(BadInput, match="more than 1,000 bytes"):
        gunzipped(gzip.compress(b"0" * 1001), where="", max_bytes=1000)
    twice = gzip.compress(b"0" * 600) * 2
    with pytest.raises(BadInput, match="more than 1,000 bytes"):
        gunzipped(twice, where="", max_bytes=1000)
    assert gunzipped(gzip.compress(b"0" * 500) * 2, where="", max_bytes=1000) == b"0" * 1000


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("known_exploited_vulnerabilities-2025-08-25.json", 1404),
        ("known_exploited_vulnerabilities-2026-07-16.csv", 1647),
        ("metasploit_module_cve.csv", 3445),
        ("nuclei_cve_templates.csv", 4229),
        ("packetstorm_poc.csv", 10612),
        ("snyk_poc.csv", 7262),
        ("exploitdb_cve_to_edbid.json", 24294),
    ],
)
def test_a_real_feed_is_read_to_its_last_row(name: str, rows: int, corpus: Path) -> None:
    path = corpus / "feeds" / name
    if not path.is_file():
        pytest.skip("the real feeds are not at hand")
    feed = recognise_feed(path.read_bytes(), where=name, as_of=DAY)
    unread = sum(isinstance(record, Skipped) for record in feed.records)
    assert feed.header.rows == rows
    assert unread < rows / 100
