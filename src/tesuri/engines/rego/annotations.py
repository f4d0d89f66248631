"""`rego.metadata.rule()` and `rego.metadata.chain()`: the annotations of a policy, written into it as values.

Annotations are comments that begin with `# METADATA` and hold YAML, before a rule or the package. The engine does not
know them, so each call is replaced by what it would give; lines stay what they were. Runs in the child process only.

**source** Open Policy Agent, "Policy Language", annotations.
"""

import contextlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tesuri.engines.rego.totals import dotted, nodes, span_of
from tesuri.model.errors import BadInput
from tesuri.untrusted.shape import mapping, text

CALLED: Final = b"rego.metadata."
"""What stands in a text that needs this."""
_RULE: Final = "rego.metadata.rule"
_CHAIN: Final = "rego.metadata.chain"
_MARK: Final = re.compile(rb"^[ \t]*#[ \t]*METADATA[ \t]*$", re.MULTILINE)
_NARROW: Final = ("rule", "document")
_WIDER: Final = ("document", "package", "subpackages")
"""The scopes beyond the rule itself, nearest first."""


@dataclass(frozen=True, slots=True)
class _Annotation:
    """One block of annotations."""

    scope: str
    line: int
    """The line after its last one."""
    fields: Mapping[str, object]


def with_annotations(source: bytes, tree: Mapping[str, object], path: str) -> bytes:
    """Give the text with each of the two calls replaced by its value. **raises** BadInput for annotations that are no YAML."""
    known = tuple(_annotations(source, path))
    package = dotted(mapping(tree, "package").get("refr"))
    edits: list[tuple[int, int, str]] = []
    for name, body, own in _owned(tree, known):
        for kind, node in nodes(body):
            called = dotted(node.get("fcn")) if kind == "Call" else ""
            if called in (_RULE, _CHAIN):
                begin = span_of(node)[0]
                end = source.index(b")", span_of(node.get("fcn"))[1]) + 1
                value: object = _of_rule(own)
                if called == _CHAIN:
                    value = _chain(own, known, package, name)
                edits.append((begin, end, json.dumps(value)))
    return _edited(source, sorted(set(edits)))


def told_of_rules(
    source: bytes, tree: Mapping[str, object], path: str
) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Give each rule's name with its annotations; comments that look like some and are no YAML tell nothing."""
    known: list[_Annotation] = []
    for found in _MARK.finditer(source):
        with contextlib.suppress(BadInput):
            known.append(_annotation(source, found, path))
    for name, _, own in _owned(tree, known):
        yield from ((name, each.fields) for each in own)


def _owned(
    tree: Mapping[str, object], known: Sequence[_Annotation]
) -> Iterator[tuple[str, object, list[_Annotation]]]:
    """Give name and body of each rule with the annotations between it and the rule before it."""
    before = 0
    found = tree.get("rules")
    for entry in found if isinstance(found, list) else ():
        body = next(iter(entry.values()))
        line = span_of(body)[2]
        own = [each for each in known if before < each.line <= line and each.scope in _NARROW]
        yield _name_of(body), body, own
        before = max(before, line)


def _annotations(source: bytes, path: str) -> Iterator[_Annotation]:
    yield from (_annotation(source, found, path) for found in _MARK.finditer(source))


def _annotation(source: bytes, found: re.Match[bytes], path: str) -> _Annotation:
    from tesuri.untrusted.yaml_document import read_yaml  # noqa: PLC0415 - most policies have none

    lines = source.split(b"\n")
    first = source.count(b"\n", 0, found.end())
    last = first + 1
    while last < len(lines) and lines[last].lstrip().startswith(b"#"):
        last += 1
    words = b"\n".join(
        line.lstrip().removeprefix(b"#").removeprefix(b" ") for line in lines[first + 1 : last]
    )
    where = f"{path}: line {first + 1}"
    fields = mapping(read_yaml(words, where=where)) if words.strip() else {}
    is_of_package = last < len(lines) and lines[last].lstrip().startswith(b"package ")
    scope = text(fields, "scope") or ("package" if is_of_package else "rule")
    return _Annotation(scope, last + 1, {"scope": scope, **fields})


def _of_rule(own: Sequence[_Annotation]) -> Mapping[str, object]:
    return next((each.fields for each in own if each.scope == "rule"), {})


def _chain(
    own: Sequence[_Annotation], known: Sequence[_Annotation], package: str, name: str
) -> list[object]:
    """Give the rule itself, with annotations or without, and then what holds for more than it."""
    steps = package.split(".")
    path = [*steps, name] if name else steps
    first: dict[str, object] = {"path": path}
    if fields := _of_rule(own):
        first["annotations"] = fields
    wider = [
        {"path": path if each.scope == "document" else steps, "annotations": each.fields}
        for scope in _WIDER
        for each in known
        if each.scope == scope and (scope != "document" or each in own)
    ]
    return [first, *wider]


def _name_of(rule: object) -> str:
    for kind, node in nodes(rule):
        if kind in ("Set", "Compr", "Func"):
            return dotted(node.get("refr")).partition(".")[0]
    return ""


def _edited(source: bytes, edits: Sequence[tuple[int, int, str]]) -> bytes:
    parts: list[bytes] = []
    at = 0
    for start, end, words in edits:
        if start >= at:
            parts += [source[at:start], words.encode()]
            at = end
    return b"".join([*parts, source[at:]])
