"""Policy texts → an engine that holds them, and what stands in them. Runs in the child process only.

A text is read as Rego v1 first and, where that fails, as v0; the sentence for a text that is neither is that of the
dialect which it speaks. Functions that reach outside the policy are refused before anything is evaluated.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

import regorus

from tesuri.engines.rego.annotations import CALLED, told_of_rules, with_annotations
from tesuri.engines.rego.functions import EXTENSIONS
from tesuri.engines.rego.negations import evaluated_before
from tesuri.engines.rego.prelude import prelude
from tesuri.engines.rego.reading import PLACE, read_tree
from tesuri.engines.rego.shadows import with_own_names
from tesuri.engines.rego.totals import (
    defined_names,
    dotted,
    imported_names,
    made_total,
    made_true,
    nodes,
    span_of,
)
from tesuri.model.errors import BadInput

_REFUSED: Final = (
    "http.send",
    "opa.runtime",
    "net.lookup_ip_addr",
    "rego.parse_module",
    "providers.aws.sign_req",
)
"""Functions that reach the network, the environment or other policies."""

_WHAT: Final = re.compile(r"^error: (?P<what>.+)$", re.MULTILINE)
_SPEAKS_V1: Final = re.compile(
    r"^\s*import\s+(rego\.v1|future\.keywords)|\bcontains\b.*\bif\b", re.MULTILINE
)
_PLAIN: Final = frozenset(
    ("Bool", "Null", "Number", "String", "RawString", "Object", "ObjectCompr")
)
_HEADS: Final = ("Set", "Compr", "Func")


class RefusedPolicy(Exception):
    """A policy that is not evaluated; the sentence says why, and where."""

    def __init__(self, what: str, where: str) -> None:
        super().__init__(what)
        self.what = what
        self.where = where


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of a rule: the bytes of its text that it takes."""

    module: int
    start: int
    end: int


@dataclass(slots=True)
class Rule:
    """All clauses of one name in one package."""

    package: str
    name: str
    path: str
    line: int
    is_set: bool = True
    is_listing: bool = True
    """Whether it gives one value that may be a list or a set, as `deny = messages { … }` does."""
    clauses: list[Clause] = field(default_factory=list)
    told: list[Mapping[str, object]] = field(default_factory=list)
    """What its annotations say, clause by clause."""


@dataclass(frozen=True, slots=True)
class ParsedModule:
    """One module that the engine accepted."""

    path: str
    source: bytes
    is_v0: bool
    tree: Mapping[str, object]
    first_line: int

    @property
    def package(self) -> str:
        """Give the dotted name of its package."""
        declared = self.tree.get("package")
        return dotted(declared.get("refr")) if isinstance(declared, dict) else ""


@dataclass(slots=True)
class Unit:
    """Modules that see each other, ready to be asked."""

    modules: list[ParsedModule]
    documents: str
    rules: dict[str, Rule]
    engine: regorus.Engine
    """As the policies are written: it stops on a value of another type."""
    _total: regorus.Engine | None = None

    @classmethod
    def of(cls, modules: Sequence[Mapping[str, object]], documents: object) -> "Unit":
        """Read the modules. **raises** RefusedPolicy."""
        parsed = [
            parse(str(each["path"]), str(each["text"]), int(str(each.get("line", 1))))
            for each in modules
        ]
        for each in parsed:
            refuse_reaching_out(each)
        parsed = [_with_own_names(each) for each in parsed]
        parsed = _as_negated(parsed)
        written = json.dumps(documents)
        rules: dict[str, Rule] = {}
        for number, each in enumerate(parsed):
            _add_rules(rules, number, each)
        return cls(parsed, written, rules, _engine_as_written(parsed, written))

    def renew(self) -> None:
        """Load the policies again, after the engine stopped within one of its functions."""
        self.engine = _engine_as_written(self.modules, self.documents)
        self._total = None

    def total(self) -> regorus.Engine:
        """Give the engine in which a value of another type is undefined; several times slower."""
        if self._total is None:
            self._total = engine_of([(each, each.source) for each in self.modules], self.documents)
        return self._total

    def only(self, rule: Rule, clause: Clause) -> regorus.Engine:
        """Give an engine in which a rule has one of its clauses only."""
        sources = [bytearray(each.source) for each in self.modules]
        for other in rule.clauses:
            if other != clause:
                text = sources[other.module][other.start : other.end]
                blank = bytes(byte if byte in b"\r\n" else 0x20 for byte in text)
                sources[other.module][other.start : other.end] = blank
        pairs = [(each, bytes(text)) for each, text in zip(self.modules, sources, strict=True)]
        return engine_of(pairs, self.documents)

    def place(self, error: Exception) -> str:
        """Give one sentence of an engine's error: file, line in that file, what."""
        message = str(error)
        found = PLACE.search(message)
        what = what_of(message)
        if found is None:
            return what
        first = next((one.first_line for one in self.modules if one.path == found["file"]), 1)
        return f"{found['file']}: line {int(found['line']) + first - 1}: {what}"


def _with_own_names(module: ParsedModule) -> ParsedModule:
    """Give a module in which no comprehension gives a name of around it a second meaning."""
    source = with_own_names(module.source, module.tree)
    if source == module.source:
        return module
    return replace(module, source=source, tree=_read_again(module, source))


def _as_negated(modules: Sequence[ParsedModule]) -> list[ParsedModule]:
    """Give modules whose negations hold what the reference implementation negates."""
    defined = _defined(modules)
    made: list[ParsedModule] = []
    for module in modules:
        source, tree = evaluated_before(
            module.source,
            module.tree,
            defined[module.package],
            partial(_read_again, module),
        )
        made.append(replace(module, source=source, tree=tree))
    return made


def _read_again(module: ParsedModule, source: bytes) -> Mapping[str, object]:
    return read_tree(module.path, source.decode(), is_v0=module.is_v0)[1]


def _defined(modules: Sequence[ParsedModule]) -> Mapping[str, frozenset[str]]:
    """Give the rules of each package."""
    found: dict[str, frozenset[str]] = {}
    for module in modules:
        found[module.package] = found.get(module.package, frozenset()) | defined_names(module.tree)
    return found


def _engine_as_written(modules: Sequence[ParsedModule], documents: str) -> regorus.Engine:
    return engine_of([(each, each.source) for each in modules], documents, is_total=False)


def parse(path: str, text: str, first_line: int) -> ParsedModule:
    """Read one module as v1, else as v0. **raises** RefusedPolicy."""
    errors: list[Exception] = []
    for is_v0 in (False, True):
        try:
            text, tree = read_tree(path, text, is_v0=is_v0)
        except (RuntimeError, RecursionError) as error:
            errors.append(error)
            continue
        parsed = ParsedModule(path, text.encode(), is_v0, tree, first_line)
        return _annotated(parsed) if CALLED in parsed.source else parsed
    message = str(errors[0 if _SPEAKS_V1.search(text) else 1])
    found = PLACE.search(message)
    line = f": line {int(found['line']) + first_line - 1}" if found else ""
    raise RefusedPolicy(f"This is not Rego: {what_of(message)}.", f"{path}{line}")


def _annotated(module: ParsedModule) -> ParsedModule:
    """Give a module that asks for its own annotations with their values in place of the questions."""
    try:
        source = with_annotations(module.source, module.tree, module.path)
    except BadInput as error:
        raise RefusedPolicy(f"Its annotations are no YAML: {error.what}", error.where) from error
    if source == module.source:
        return module
    return parse(module.path, source.decode(), module.first_line)


def what_of(message: str) -> str:
    """Give the sentence of an engine's error, without its picture of the text and its stack."""
    found = _WHAT.search(message)
    lines = [line for line in message.splitlines() if line.strip()]
    return (found["what"] if found else (lines[0] if lines else "no reason given")).rstrip(". ")


def engine_of(
    sources: Sequence[tuple[ParsedModule, bytes]], documents: str, *, is_total: bool = True
) -> regorus.Engine:
    """Give an engine of these texts, with our total functions or as written. **raises** RefusedPolicy."""
    engine = regorus.Engine()
    engine.set_gather_prints(True)
    for name, (count, function) in EXTENSIONS.items():
        engine.add_extension(name, count, function)
    defined = _defined([module for module, _ in sources])
    made = made_total if is_total else made_true
    try:
        engine.add_policy("tesuri", prelude())
        for module, source in sources:
            tree = module.tree
            if source != module.source:
                tree = parse(module.path, source.decode(), module.first_line).tree
            engine.set_rego_v0(module.is_v0)
            own = defined[module.package] | imported_names(source, tree)
            engine.add_policy(module.path, made(source, tree, own))
        engine.add_data_json(documents)
    except RuntimeError as error:
        raise RefusedPolicy(f"The policies cannot be loaded: {what_of(str(error))}.", "") from error
    return engine


def refuse_reaching_out(module: ParsedModule) -> None:
    """**raises** RefusedPolicy for a call that reaches outside the policy."""
    for kind, node in nodes(module.tree):
        name = dotted(node.get("fcn")) if kind == "Call" else ""
        if name in _REFUSED:
            line = span_of(node)[2] + module.first_line - 1
            raise RefusedPolicy(
                f"The policy calls {name}, which is refused: policies reach no network, "
                "environment or other policies.",
                f"{module.path}: line {line}",
            )


def names_in(modules: Sequence[ParsedModule]) -> Iterator[str]:
    """Give every dotted name that modules refer to, and what they import."""
    for module in modules:
        for kind, node in nodes(module.tree):
            if kind in ("RefDot", "RefBrack"):
                yield dotted({kind: node})
            elif kind == "Call":
                yield dotted(node.get("fcn"))


def _add_rules(rules: dict[str, Rule], number: int, module: ParsedModule) -> None:
    found = module.tree.get("rules")
    listed = found if isinstance(found, list) else []
    # NOTE: a node that ends in a string ends before its closing quote; the next rule's start is the sure end.
    ends = [span_of(next(iter(entry.values())))[0] for entry in listed[1:]]
    for entry, end in zip(listed, [*ends, len(module.source)], strict=False):
        kind = next(iter(entry))
        head_kind, head = _head(entry[kind])
        name = dotted(head.get("refr")).partition(".")[0]
        start, _, line = span_of(entry[kind])
        if not name:
            continue
        known = rules.setdefault(
            f"{module.package}.{name}",
            Rule(module.package, name, module.path, line + module.first_line - 1),
        )
        is_plain = "." not in dotted(head.get("refr")) and kind == "Spec"
        known.is_set = known.is_set and head_kind == "Set" and is_plain
        known.is_listing = known.is_listing and _may_be_listing(head_kind, head)
        known.clauses.append(Clause(number, start, end))
    for name, fields in told_of_rules(module.source, module.tree, module.path):
        if named := rules.get(f"{module.package}.{name}"):
            named.told.append(fields)


def _may_be_listing(kind: str, head: Mapping[str, object]) -> bool:
    """Whether a head gives a value of which nothing says that it is a plain one."""
    assigned = head.get("assign") if kind == "Compr" else head if kind == "Default" else None
    value = assigned.get("value") if isinstance(assigned, dict) else None
    return isinstance(value, dict) and not _PLAIN & value.keys()


def _head(rule: Mapping[str, object]) -> tuple[str, Mapping[str, object]]:
    head = rule.get("head")
    if not isinstance(head, dict):
        return "Default", rule
    kind = next((each for each in _HEADS if each in head), "")
    return kind, head.get(kind, {})
