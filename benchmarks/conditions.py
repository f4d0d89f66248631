"""A hundred conditions over many security groups: emitted SQL against the same SQL written by hand.

`python -m benchmarks.conditions 100000` prints the section of docs/benchmarks.md. Its other arguments are the processes that
are measured: `answer FILE` runs a query over the columns beside it, `evaluate COUNT` the whole engine.
"""

import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import duckdb
import msgspec

from benchmarks.generated import SEED
from benchmarks.measure import measure
from benchmarks.page import Line, Section, page_section
from tesuri.engines.bulk import Condition, Document
from tesuri.engines.duckdb import evaluate_documents
from tesuri.expressions.compile import compile_expression
from tesuri.expressions.sql.columns import read_column
from tesuri.expressions.sql.documents import brought, columns_of
from tesuri.expressions.sql.duckdb_text import DuckDb
from tesuri.expressions.sql.emit import emit_condition
from tesuri.expressions.sql.positions import read_by
from tesuri.expressions.sql.shapes import Shape
from tesuri.model.resource import UNKNOWN, Value

CONDITIONS: Final = 100
_ROOT: Final = Path(__file__).resolve().parent.parent
_PROCESS: Final = [
    sys.executable,
    "-c",
    (
        f"import sys; sys.path.insert(0, {str(_ROOT)!r}); "
        "from benchmarks.conditions import main; main(sys.argv[1:])"
    ),
]
_PROTOCOLS = ("tcp", "udp", "-1")
_RANGES = ("10.0.0.0/8", "0.0.0.0/0", "192.168.1.0/24", "172.16.0.0/12")


def section(folder: Path, count: int, *, runs: int) -> Section:
    """Measure a hundred conditions over so many resources."""
    lines: list[Line] = []
    for name, doubt in (("every field there", 0.0), ("2 % missing, 2 % unknown", 0.02)):
        place = folder / f"conditions-{doubt}"
        place.mkdir()
        prepare(place, count, doubt)
        command = [*_PROCESS, "answer"]
        hand = measure([*command, "hand.sql"], place, runs=runs)
        emitted = measure([*command, "emitted.sql"], place, runs=runs)
        lines.append(Line(f"emitted, {name}", emitted, hand, count * CONDITIONS))
    whole = [*_PROCESS, "evaluate", str(count)]
    line = Line(
        "the engine, from documents", measure(whole, place, runs=1), hand, count * CONDITIONS
    )
    title = f"{CONDITIONS} conditions over {count:,} resources in DuckDB"
    return Section(title, "the same SQL written by hand, on the same columns", [*lines, line])


def _cel(number: int) -> str:
    port = 20 + number
    if number % 2:
        return (
            f"!resource.SecurityGroupIngress.exists(r, r.FromPort <= {port} && r.ToPort >= {port} "
            "&& '0.0.0.0/0' in r.CidrIps)"
        )
    return (
        f"resource.SecurityGroupIngress.all(r, r.FromPort > {port} || r.ToPort < {port} "
        "|| r.CidrIps.all(c, !c.endsWith('/0')))"
    )


def _by_hand(number: int) -> str:
    port = 20 + number
    inside = f"x.FromPort <= {port} AND x.ToPort >= {port}"
    last = (
        "list_contains(x.CidrIps, '0.0.0.0/0')"
        if number % 2
        else "len(list_filter(x.CidrIps, lambda c: ends_with(c, '/0'))) > 0"
    )
    return f"len(list_filter(r.SecurityGroupIngress, lambda x: {inside} AND {last})) = 0"


def documents(count: int, doubt: float) -> Iterator[Document]:
    """Give security groups, the same ones at every call."""
    draw = random.Random(SEED)
    for _ in range(count):
        yield {"SecurityGroupIngress": [_rule(draw, doubt) for _ in range(draw.randrange(6))]}


def _rule(draw: random.Random, doubt: float) -> dict[str, Value]:
    port = draw.choice((0, 22, 80, 443, 3000))
    rule: dict[str, Value] = {
        "IpProtocol": draw.choice(_PROTOCOLS),
        "FromPort": port,
        "ToPort": port + draw.choice((0, 0, 100)),
        "CidrIps": [draw.choice(_RANGES) for _ in range(draw.randrange(1, 4))],
    }
    if draw.random() < doubt:
        del rule["FromPort"]
    if draw.random() < doubt:
        rule["ToPort"] = UNKNOWN
    return rule


def prepare(place: Path, count: int, doubt: float) -> None:
    """Write the columns, and both queries over them."""
    trees = [
        compile_expression(_cel(number), where="benchmark").tree for number in range(CONDITIONS)
    ]
    column, dialect = columns_of(read_by(trees)), DuckDb()
    for document in documents(count, doubt):
        column.see(document)
    shape = column.shape()
    document_term = read_column(shape, "r", dialect)
    emitted = [emit_condition(tree, {"resource": document_term}, dialect) for tree in trees]
    _write_columns(place, count, doubt, shape)
    # NOTE: by hand nobody writes for what is not known; there the columns are read as they are.
    port = "x.ToPort.i" if doubt else "x.ToPort"
    hand = [_by_hand(number).replace("x.ToPort", port) for number in range(CONDITIONS)]
    for name, texts in (("emitted", emitted), ("hand", hand)):
        counts = ", ".join(
            f"count(*) FILTER ({text}), count(*) FILTER (NOT ({text}))" for text in texts
        )
        query = f"SELECT {counts} FROM 'columns.parquet'"  # noqa: S608 - our own text
        (place / f"{name}.sql").write_text(query, encoding="utf-8")


def _write_columns(place: Path, count: int, doubt: float, shape: Shape) -> None:
    encoder = msgspec.json.Encoder()
    file = place / "documents.ndjson"
    with file.open("wb") as lines:
        for document in documents(count, doubt):
            lines.write(encoder.encode({"r": brought(document, shape)}) + b"\n")
    columns = f"{{'r': '{DuckDb().type_of_shape(shape)}'}}"
    duckdb.execute(
        f"COPY (SELECT * FROM read_json('{file}', format = 'newline_delimited', columns = {columns})) "  # noqa: S608 - our own text
        f"TO '{place / 'columns.parquet'}'"
    )
    file.unlink()


def _answer(file: str) -> None:
    """Run a query; what it counts is printed so that both can be compared."""
    print(sum(duckdb.execute(Path(file).read_text(encoding="utf-8")).fetchone() or ()))


def _evaluate(count: int) -> None:
    conditions = [
        Condition(f"c{number}", compile_expression(_cel(number), where="benchmark").tree)
        for number in range(CONDITIONS)
    ]
    with tempfile.TemporaryDirectory() as folder:
        answers = evaluate_documents(conditions, documents(count, 0.02), folder=Path(folder))
        print(sum(tally.failed for answer in answers for tally in answer.tallies))


def main(arguments: Sequence[str]) -> None:
    """Run one of the measured processes, or all of them."""
    match arguments:
        case ["answer", file]:
            _answer(file)
        case ["evaluate", count]:
            _evaluate(int(count))
        case [count]:
            with tempfile.TemporaryDirectory() as folder:
                print(page_section(section(Path(folder), int(count), runs=3), ""))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
