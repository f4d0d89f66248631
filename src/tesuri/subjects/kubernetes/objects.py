"""Manifest files → single Kubernetes objects: streams of documents, List kinds, JSON and YAML.

It judges nothing. What is no object is `Unread` with its place; comments and empty documents are nothing at all.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tesuri.model.errors import BadInput
from tesuri.model.resource import Origin, Unread
from tesuri.untrusted.json_document import read_json
from tesuri.untrusted.shape import at, items, join_pointer, shape_name, text

DROPPED_TAGS: Final[Mapping[str, str]] = {"*": ""}
"""Tags for a reader that wants what stands behind every tag: `!Ref x` is "x"."""

_DEEPEST_LIST: Final = 5
_TEMPLATE_MARKS: Final = (b"{{-", b"{{ ", b"{{.")


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file with the lines of its values."""

    value: object
    where: str
    pointer: str = ""
    """Where it stands in the file: empty for a file of one document, /1 for the second of several."""
    lines: Mapping[str, int] | None = None
    """JSON pointer inside the document → line; None when nobody counted."""

    def origin(self, pointer: str) -> Origin:
        """Give the place of a value, by its pointer inside the document."""
        line = self.lines.get(pointer, 0) if self.lines else 0
        return Origin(self.where, line, f"{self.pointer}{pointer}")


@dataclass(frozen=True, slots=True)
class KubernetesObject:
    """One object as it is written, and where."""

    value: Mapping[str, object]
    pointer: str
    """JSON pointer inside its document."""
    document: Document

    @property
    def api_version(self) -> str:
        """Give group and version: apps/v1, v1."""
        return text(self.value, "apiVersion")

    @property
    def kind(self) -> str:
        """Give the kind: Deployment."""
        return text(self.value, "kind")


def read_documents(
    data: bytes, *, where: str, tags: Mapping[str, str] | None = None
) -> tuple[Document, ...]:
    """Give every document of a JSON or YAML file that is not empty; `tags` are those of YAML that are accepted.

    **raises** BadInput when it is neither, with the line; a template is named as one.
    """
    if data.lstrip()[:1] in (b"{", b"["):
        try:
            return (Document(read_json(data, where=where), where),)
        except BadInput:
            if data.lstrip()[:2] != b"{{" and not _is_yaml_flow(data):
                raise
    from tesuri.untrusted.yaml_document import (  # noqa: PLC0415 - objects of a plan need no YAML: 20 ms
        read_yaml_with_lines,
    )

    try:
        found = read_yaml_with_lines(data, where=where, tags=tags)
    except BadInput as error:
        if any(mark in data for mark in _TEMPLATE_MARKS):
            raise BadInput(
                "This is a template, not a manifest: it holds {{ … }}.",
                where=error.where,
                remedy="Render it first, for example with `helm template`.",
            ) from error
        raise
    is_one = len(found) == 1
    return tuple(
        Document(value, where, "" if is_one else f"/{number}", lines)
        for number, (value, lines) in enumerate(found)
        if value is not None
    )


def _is_yaml_flow(data: bytes) -> bool:
    """Whether a file that starts like JSON goes on as YAML: {kind: Pod}, or further documents."""
    return b"\n---" in data or data.lstrip().lstrip(b"{[ \t\r\n")[:1] not in (b'"', b"}", b"]")


def objects_of(document: Document) -> Iterator[KubernetesObject | Unread]:
    """Give the objects of a document, those of lists one by one."""
    yield from _objects(document.value, "", document, _DEEPEST_LIST)


def _objects(
    value: object, pointer: str, document: Document, depth: int
) -> Iterator[KubernetesObject | Unread]:
    if isinstance(value, list) and depth:
        for number, entry in enumerate(value):
            yield from _objects(entry, join_pointer(pointer, number), document, depth - 1)
        return
    flaw = _flaw(value)
    if flaw:
        origin = document.origin(pointer)
        is_broken = bool(text(value, "kind")) or not isinstance(value, dict)
        yield Unread(_shown(value, document, pointer), flaw, origin, is_broken)
    elif _is_list(value) and depth:
        for number, entry in enumerate(items(value, "items")):
            typed = _typed(entry, value)
            place = join_pointer(pointer, "items", number)
            yield from _objects(typed, place, document, depth - 1)
    elif isinstance(value, dict):
        yield KubernetesObject(value, pointer, document)


def _flaw(value: object) -> str:
    if not isinstance(value, dict):
        return f"it is {shape_name(value)}, not a Kubernetes object"
    missing = [key for key in ("apiVersion", "kind") if not text(value, key)]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        return f"it is no Kubernetes object: {' and '.join(missing)} {verb} missing"
    if not isinstance(value.get("metadata") or {}, dict):
        return f"metadata is {shape_name(value['metadata'])}, not a mapping"
    if text(value, "kind") == "List" and not isinstance(value.get("items") or [], list):
        return f"items is {shape_name(value['items'])}, not a list"
    return ""


def _is_list(value: object) -> bool:
    return text(value, "kind").endswith("List") and isinstance(at(value, "items"), list)


def _typed(entry: object, whole: object) -> object:
    """Give an entry of a PodList the type that only its list names."""
    kind = text(whole, "kind").removesuffix("List")
    if not isinstance(entry, dict) or not kind or "kind" in entry:
        return entry
    return {"apiVersion": text(whole, "apiVersion"), "kind": kind, **entry}


def _shown(value: object, document: Document, pointer: str) -> str:
    name = text(value, "metadata", "name") or text(value, "kind")
    return name or f"{document.where}#{document.pointer}{pointer}"
