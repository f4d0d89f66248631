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
        target.flush()
        return
    write(target, [_described(unit) for unit in units])
    target.flush()
    while question := frame(source):
        document = frame(source).decode()
        asked = json.loads(question)
        for answer in answered(asked["questions"], units, document):
            write(target, answer)
            # Who asks again after an end wants to know after each answer how far it came.
            if asked["is_told_each"]:
                target.flush()
        target.flush()


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


def answered(
    questions: Sequence[tuple[int, str, str]], units: Sequence[Unit], document: str
) -> Iterator[Mapping[str, object]]:
    """Evaluate each rule on the document, in order; one with a part of its own on both together."""
    for number in {number for number, _, own in questions if not own}:
        units[number].engine.set_input_json(document)
    for number, name, own in questions:
        unit = units[number]
        whole = _joined(document, own) if own else document
        if own:
            unit.engine.set_input_json(whole)
        yield _answer(unit, unit.rules[name], whole)


def _joined(first: str, second: str) -> str:
    """Give two objects, neither of them empty, as one."""
    return f"{first[:-1]},{second[1:]}"


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
    with contextlib.suppress(RuntimeError, RefusedPolicy):
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
    path = f"data.{rule.package}.{rule.name}"
    if rule.is_set:
        # Half the price of a query; whatever it stumbles over, the query says in its own words.
        with contextlib.suppress(RuntimeError):
            members: object = json.loads(engine.eval_rule_as_json(path))
            if isinstance(members, list):
                return members
    found = json.loads(engine.eval_query_as_json(path))
    values = [
        expression["value"] for one in found.get("result", []) for expression in one["expressions"]
    ]
    if rule.is_listing:
        plain = next((value for value in values if not isinstance(value, list)), None)
        if plain is not None:
            said = f"{rule.path}: line {rule.line}: the rule gives {json.dumps(plain)}, not a set of messages"
            raise RefusedPolicy(said, "")
    is_several = rule.is_set or rule.is_listing
    return [member for value in values for member in (value if is_several else [value])]


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
                "is_listing": rule.is_listing,
                "clauses": len(rule.clauses),
                "told": rule.told,
            }
            for rule in unit.rules.values()
        ],
        "names": sorted(set(names_in(unit.modules))),
    }


if __name__ == "__main__":
    main(int(sys.argv[1]))
