"""The process that evaluates Rego: reads questions on standard input, writes one line an answer.

It limits itself before it reads anything: memory, no files, no core dump. Its parent (`engine.py`) limits its time.
A frame is its length as a line, and that many bytes. What a policy prints goes nowhere.
"""

import contextlib
import json
import resource
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Final

import regorus

from tesuri.engines.rego.modules import RefusedPolicy, Rule, Unit, names_in

_OPEN_FILES: Final = 64
_PANIC: Final = "PanicException"
"""What the engine raises when it stops within one of its own functions; its class cannot be imported, and is no Exception."""


def main(memory_bytes: int) -> None:
    """Answer until the input ends."""
    limit(memory_bytes)
    source, target = sys.stdin.buffer, sys.stdout.buffer
    try:
        units = [Unit.of(each["modules"], each["documents"]) for each in json.loads(frame(source))]
    except RefusedPolicy as error:
        write(target, {"refused": error.what, "where": error.where})
        return
    write(target, [_described(unit) for unit in units])
    while question := frame(source):
        document = frame(source).decode()
        for answer in answered(json.loads(question), units, document):
            write(target, answer)


def limit(memory_bytes: int) -> None:
    """Give up everything that evaluating needs not."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))


def frame(source: IO[bytes]) -> bytes:
    """Read one frame; empty when the input ended."""
    size = source.readline()
    return source.read(int(size)) if size.strip() else b""


def write(target: IO[bytes], answer: object) -> None:
    """Write one answer as a line."""
    target.write(json.dumps(answer).encode() + b"\n")
    target.flush()


def answered(
    questions: Sequence[tuple[int, str]], units: Sequence[Unit], document: str
) -> Iterator[Mapping[str, object]]:
    """Evaluate each rule on the document, in order."""
    for number in {number for number, _ in questions}:
        units[number].engine.set_input_json(document)
    for number, name in questions:
        unit = units[number]
        yield _answer(unit, unit.rules[name], document)


def _answer(unit: Unit, rule: Rule, document: str) -> Mapping[str, object]:
    try:
        return _evaluated(unit, rule, document)
    except Exception:
        raise
    except BaseException as error:
        if type(error).__name__ != _PANIC:
            raise
        unit.renew()
        unit.engine.set_input_json(document)
        return {
            "values": [],
            "unknown": [f"{rule.path}: line {rule.line}: the engine stopped: {error}"],
        }


def _evaluated(unit: Unit, rule: Rule, document: str) -> Mapping[str, object]:
    # Where nothing stops as written, nothing differs from the total functions, which cost several times as much.
    with contextlib.suppress(RuntimeError):
        return {"values": _values(unit.engine, rule), "unknown": []}
    try:
        engine = unit.total()
        engine.set_input_json(document)
        return {"values": _values(engine, rule), "unknown": []}
    except RefusedPolicy as error:
        return {"values": [], "unknown": [error.what]}
    except RuntimeError as error:
        if len(rule.clauses) == 1:
            return {"values": [], "unknown": [unit.place(error)]}
    return _by_clause(unit, rule, document)


def _by_clause(unit: Unit, rule: Rule, document: str) -> Mapping[str, object]:
    """Evaluate clause by clause, so that what fails in one hides nothing of the others."""
    values: list[object] = []
    unknown: list[str] = []
    for clause in rule.clauses:
        try:
            engine = unit.only(rule, clause)
            engine.set_input_json(document)
            values += [each for each in _values(engine, rule) if each not in values]
        except RuntimeError as error:
            unknown.append(unit.place(error))
        except RefusedPolicy as error:
            unknown.append(error.what)
    return {"values": values, "unknown": list(dict.fromkeys(unknown))}


def _values(engine: regorus.Engine, rule: Rule) -> list[object]:
    """Give what a rule holds: the members of its set, or its one value."""
    found = json.loads(engine.eval_query_as_json(f"data.{rule.package}.{rule.name}"))
    values = [
        expression["value"] for one in found.get("result", []) for expression in one["expressions"]
    ]
    return [member for value in values for member in (value if rule.is_set else [value])]


def _described(unit: Unit) -> Mapping[str, object]:
    return {
        "packages": sorted({module.package for module in unit.modules}),
        "rules": [
            {
                "package": rule.package,
                "name": rule.name,
                "path": rule.path,
                "line": rule.line,
                "is_set": rule.is_set,
                "clauses": len(rule.clauses),
            }
            for rule in unit.rules.values()
        ],
        "names": sorted(set(names_in(unit.modules))),
    }


if __name__ == "__main__":
    main(int(sys.argv[1]))
