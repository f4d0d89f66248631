"""Files of names and values → documents, as Conftest reads them: INI, Java properties, .env files.

**source** The manuals of go-ini, magiconair/properties and gotenv for the shape; values of INI become numbers and truth values.
"""

import re
from typing import Final

from tesuri.model.errors import BadInput

_NUMBER: Final = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
# From: strconv.ParseBool; 1 and 0 are numbers before.
_TRUE: Final = ("t", "T", "TRUE", "true", "True")
_FALSE: Final = ("f", "F", "FALSE", "false", "False")
_SECTION: Final = re.compile(r"\[(?P<name>[^\]]*)\]")
_SIGN: Final = re.compile(r"[=:]")
_AFTER: Final = re.compile(r"\s+[#;].*$")
_ENVIRONMENT: Final = re.compile(r"(?:export\s+)?(?P<name>[A-Za-z_][\w.]*)\s*[=:]\s*(?P<value>.*)$")
_PROPERTY: Final = re.compile(r"(?P<name>(?:\\.|[^\s=:\\])+)\s*[=:]?\s*(?P<value>.*)$", re.DOTALL)
_ESCAPED: Final = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}
_QUOTES: Final = ('"', "'", "`")


def read_ini(source: str, *, where: str) -> dict[str, object]:
    """Give sections with their values; what stands before the first one is passed over, as Conftest does."""
    found: dict[str, object] = {}
    values: dict[str, object] = {}
    for number, line in _numbered(source):
        if line[0] in "#;":
            continue
        if match := _SECTION.match(line):
            known = found.setdefault(match["name"].strip(), {})
            assert isinstance(known, dict)
            values = known
            continue
        name, sign, value = _parted(line)
        if not sign:
            raise _wrong("a line has neither = nor a section", "INI", where, number)
        values[name] = _typed(_bare(value))
    return found


def _parted(line: str) -> tuple[str, str, str]:
    match = _SIGN.search(line)
    if match is None:
        return line, "", ""
    return line[: match.start()].strip(), match[0], line[match.end() :].strip()


def _bare(value: str) -> str:
    """Give a value without its quotes, or without the remark behind it."""
    if value[:1] in _QUOTES and value.endswith(value[0]) and len(value) > 1:
        return value[1:-1]
    return "" if value[:1] in ("#", ";") else _AFTER.sub("", value)


def _typed(value: str) -> object:
    if _NUMBER.fullmatch(value):
        return float(value) if not value.lstrip("+-").isdigit() else int(value)
    if value in _TRUE:
        return True
    return False if value in _FALSE else value


def read_environment(source: str, *, where: str) -> dict[str, object]:
    """Give the values of an .env file, all of them texts."""
    found: dict[str, object] = {}
    for number, line in _numbered(source):
        if line.startswith("#"):
            continue
        match = _ENVIRONMENT.match(line)
        if match is None:
            raise _wrong("a line is not NAME=value", "an .env file", where, number)
        found[match["name"]] = _unquoted(match["value"].strip())
    return found


def _unquoted(value: str) -> str:
    quoted = re.match(r"(?P<sign>[\"'])(?P<text>(?:\\.|(?!(?P=sign)).)*)(?P=sign)", value)
    if quoted is None:
        return _AFTER.sub("", value)
    text = quoted["text"]
    return _spoken(text) if quoted["sign"] == '"' else text


def read_properties(source: str, *, where: str) -> dict[str, object]:
    """Give the values of Java properties, all of them texts."""
    del where
    found: dict[str, object] = {}
    joined = re.sub(r"(?<!\\)((?:\\\\)*)\\\r?\n[ \t\f]*", r"\1", source)
    for _, line in _numbered(joined):
        match = _PROPERTY.match(line)
        if line[0] not in "#!" and match:
            found[_spoken(match["name"])] = _spoken(match["value"])
    return found


def _spoken(written: str) -> str:
    """Give a text without its escapes; two halves of a character are one."""
    text = _ESCAPED.sub(_unescaped, written)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else _ESCAPES.get(match[2], match[2])


def _numbered(source: str) -> list[tuple[int, str]]:
    """Give the lines that are not empty."""
    lines = enumerate(source.removeprefix("\ufeff").splitlines(), start=1)
    return [(number, line.strip()) for number, line in lines if line.strip()]


def _wrong(what: str, kind: str, where: str, number: int) -> BadInput:
    return BadInput(f"This is not {kind}: {what}.", where=f"{where}: line {number}")
