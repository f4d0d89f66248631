"""Decode a report by its first characters: JSON, lines of JSON, XML or a table; what is large is not read yet.

A document of more than 16 MB stays where it is: its lists, rows and elements are read when somebody iterates.
"""

import re
from typing import Final

from tesuri.model.errors import BadInput
from tesuri.untrusted.byte_source import STREAM_BYTES, ByteSource, Document
from tesuri.untrusted.csv_document import begins_as_table, is_table, read_csv
from tesuri.untrusted.csv_stream import stream_csv
from tesuri.untrusted.json_document import read_json, split_json, split_json_lines
from tesuri.untrusted.json_sequence import read_json_sequence
from tesuri.untrusted.json_stream import stream_json, stream_json_lines
from tesuri.untrusted.noisy_lines import with_words_as_texts
from tesuri.untrusted.script_assignment import without_assignment
from tesuri.untrusted.text_document import read_text, read_utf8
from tesuri.untrusted.xml_document import read_xml
from tesuri.untrusted.xml_stream import stream_xml

REPORT_WANTED: Final = "Give the tool's own report, as JSON, CSV or the XML of a known tool."
_NOT_THE_OUTPUT: Final = "Give the report itself, not the tool's output for the terminal."
_HEAD_BYTES: Final = 65_536
_FIRST_LINE: Final = 4 * 1024 * 1024
"""Bytes in which the first of many lines of JSON ends."""

_PROLOGUE = re.compile(r"<\?.*?\?>|<!--.*?-->", re.DOTALL)
_ROOT = re.compile(r"<([A-Za-z_][\w:.-]*)")
_MANIFEST: Final = ("apiVersion:", "---\napiVersion:")
"""How an object of Kubernetes begins that kubectl wrote as YAML."""

# NOTE: each run of spaces has one way to match; two would take quadratic time.
_YAML = re.compile(r"(?:---[ ]*\n)?[A-Za-z_][\w.-]*:[ ]*(?:\[\][ ]*)?\r?\n(?:[A-Za-z_-]|[ ]+\S)")
"""How a report begins that its tool wrote as YAML: a key with a list or a mapping, and something under it."""

_LOG_PREFIX = re.compile(r"\[[\w/:., -]+\][ \t]+[^\s,\]]")
"""What a program puts before the words that it logs: [INFO] or [1/2]; no list goes on so."""

_TITLE = re.compile(r"<title>([^<]*)", re.IGNORECASE)


def decode_report(document: Document, where: str) -> tuple[str, object]:
    """Give the kind of document and its decoded content. **raises** BadInput when it is none of the kinds."""
    if not isinstance(document, bytes):
        if document.size > STREAM_BYTES:
            return _decode_stream(document, where)
        document = document.read(0, document.size)
    return _decode(document, where)


def _decode(data: bytes, where: str) -> tuple[str, object]:
    """Give the kind of document and its decoded content, by its first characters."""
    plain = without_assignment(read_utf8(data, where=where))
    head = plain[:_HEAD_BYTES].decode(errors="ignore").lstrip()
    if "\x00" in head:
        read_text(data, where=where)
    if head.startswith("<"):
        _refuse_page(head, where)
        return "xml", read_xml(data, where=where)
    if head.startswith(("{", "[")) and not _LOG_PREFIX.match(head):
        if _has_lines_of_json(plain):
            return "jsonl", _lines(plain, where)
        return _json_or_several(plain, where)
    return _decode_words(data, plain, head, where)


def _decode_words(data: bytes, plain: bytes, head: str, where: str) -> tuple[str, object]:
    """Give the kind and content of what begins like neither XML nor JSON."""
    if head.startswith(_MANIFEST):
        return "json", _objects(plain, where)
    if _YAML.match(head) and (report := _report_in_yaml(plain, where)):
        return "json", report
    if not begins_as_table(head) and (lines := with_words_as_texts(plain)):
        return "jsonl", split_json_lines(lines, where=where)
    if is_table(head):
        return "csv", read_csv(data, where=where)
    return "json", _read_text_as_json(data, plain, where)


def _decode_stream(source: ByteSource, where: str) -> tuple[str, object]:
    start = source.read(0, _FIRST_LINE)
    plain = without_assignment(start.removeprefix(b"\xef\xbb\xbf"))
    head = plain[:_HEAD_BYTES].decode(errors="ignore").lstrip()
    if "\x00" in head:
        read_text(start, where=where)
    if head.startswith(("{", "[")):
        if _has_lines_of_json(plain):
            return "jsonl", stream_json_lines(source, where=where)
        return "json", stream_json(source, where=where)
    if head.startswith("<"):
        _refuse_page(head, where)
        return "xml", stream_xml(source, where=where)
    if is_table(head):
        return "csv", stream_csv(source, where=where)
    raise BadInput(
        f"This is plain text, neither JSON nor a table; it begins with {head[:60]!r}.",
        where=where,
        remedy=_NOT_THE_OUTPUT,
    )


def _lines(plain: bytes, where: str) -> object:
    """Give the values of the lines, also where words of a log stand between them."""
    try:
        return split_json_lines(plain, where=where)
    except BadInput:
        lines = with_words_as_texts(plain)
        if lines == b"\n".join(line.strip() for line in plain.splitlines() if line.strip()):
            raise
        return split_json_lines(lines, where=where)


def _objects(plain: bytes, where: str) -> object:
    """Give the object of Kubernetes that stands there as YAML, or the list of several."""
    from tesuri.untrusted.yaml_document import read_yaml_documents  # noqa: PLC0415 - seldom needed

    documents = list(read_yaml_documents(plain, where=where))
    return documents[0] if len(documents) == 1 else documents


def _report_in_yaml(plain: bytes, where: str) -> object:
    """Give the mapping that stands there as YAML; nothing for words that only begin like one."""
    from tesuri.untrusted.yaml_document import read_yaml  # noqa: PLC0415 - seldom needed

    try:
        found = read_yaml(plain, where=where)
    except BadInput:
        return None
    return found if isinstance(found, dict) else None


def _json_or_several(plain: bytes, where: str) -> tuple[str, object]:
    """Give the one value, or the list of the values that stand one after the other."""
    try:
        return "json", split_json(plain, where=where)
    except BadInput:
        if several := read_json_sequence(plain, where=where):
            return "jsonl", several
        raise


def _read_text_as_json(data: bytes, plain: bytes, where: str) -> object:
    """Give the lone value of a file that begins like no document: a number, a word, or plain text."""
    try:
        return read_json(plain, where=where)
    except BadInput as error:
        text = read_text(data, where=where).strip()
        if not text:
            raise
        raise BadInput(
            f"This is plain text, neither JSON nor a table; it begins with {text[:60]!r}.",
            where=where,
            remedy=_NOT_THE_OUTPUT,
        ) from error


def _has_lines_of_json(plain: bytes) -> bool:
    start = len(plain) - len(plain.lstrip())
    end = plain.find(b"\n", start)
    if end < 0 or not plain[end:].strip():
        return False
    try:
        read_json(plain[start:end], where="")
    except BadInput:
        return False
    return True


def _refuse_page(head: str, where: str) -> None:
    if problem := _page(head):
        raise BadInput(problem, where=where, remedy=REPORT_WANTED)


def _page(head: str) -> str:
    """Give the sentence about an HTML page or a lone sign; empty for what begins like real XML."""
    found = _ROOT.search(_PROLOGUE.sub("", head))
    if not found:
        return "This begins like HTML or XML, but has no element."
    if found[1].lower() in {"html", "head", "body"} or "<!doctype html" in head.lower():
        title = _TITLE.search(head)
        words = f" with the title {title[1].strip()[:80]!r}" if title else ""
        return f"This is an HTML page{words}, not a report."
    return ""
