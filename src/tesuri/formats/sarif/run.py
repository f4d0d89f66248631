"""One SARIF run: the rules, addresses and texts that its results refer to.

**source** https://docs.oasis-open.org/sarif/sarif/v2.1.0/ sections 3.11 (messages), 3.4 (artifact locations),
3.52 (references to rules).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tesuri.untrusted.json_pieces import plain_value
from tesuri.untrusted.shape import at, items, mapping, text, whole

_PLACEHOLDER = re.compile(r"\{(\d{1,3})\}")
_ESCAPED_BYTE = re.compile(rb"%([0-9A-Fa-f]{2})")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_DRIVE = re.compile(r"/[A-Za-z]:/")
_MAX_BASES = 10
"""Bases that refer to bases; real logs have two."""

Rule = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Run:
    """One run with its rules ready for look-up."""

    raw: Mapping[str, object]
    pointer: str
    tool: str
    """The driver's name in lower case, without its edition."""
    rules: Mapping[str, Rule]
    """Rules of driver and extensions by id; the driver's come first."""
    roots: tuple[str, ...] = ()
    """Folders of the scanning machine, which differ from one run to the next; the longest first."""

    def rule_of(self, result: Mapping[str, object]) -> Rule:
        """Give the rule that a result refers to by index or id; an empty one when there is none."""
        name = text(result, "ruleId") or text(result, "rule", "id")
        found = self._rule_by_index(result)
        own = text(found, "id")
        if found and (not name or own == name or name.startswith(f"{own}/")):
            return found
        while name:
            if name in self.rules:
                return self.rules[name]
            # "CA1000/1" is a part of rule CA1000.
            name = name.rpartition("/")[0]
        return found if not text(result, "ruleId") else {}

    def _rule_by_index(self, result: Mapping[str, object]) -> Rule:
        reference = mapping(result, "rule")
        component = at(reference, "toolComponent", "index")
        index = reference.get("index", result.get("ruleIndex"))
        if not isinstance(index, int) or index < 0:
            return {}
        if isinstance(component, int) and component >= 0:
            return mapping(self.raw, "tool", "extensions", component, "rules", index)
        return mapping(self.raw, "tool", "driver", "rules", index)

    def level_of(self, result: Mapping[str, object], rule: Rule) -> str:
        """Give error, warning, note or none, with the defaults of the standard (3.27.10)."""
        if level := text(result, "level"):
            return level.lower()
        invocation = max(0, whole(result, "provenance", "invocationIndex"))
        overrides = items(self.raw, "invocations", invocation, "ruleConfigurationOverrides")
        for override in overrides:
            if text(override, "descriptor", "id") == text(rule, "id") != "":
                return text(override, "configuration", "level").lower() or "warning"
        return text(rule, "defaultConfiguration", "level").lower() or "warning"

    def message_of(self, result: Mapping[str, object], rule: Rule) -> str:
        """Give the text of a result's message, its arguments filled in."""
        message = mapping(result, "message")
        key = text(message, "id")
        words = (
            text(message, "text")
            or text(rule, "messageStrings", key, "text")
            or text(self.raw, "tool", "driver", "globalMessageStrings", key, "text")
            or text(message, "markdown")
        )
        arguments = items(message, "arguments")
        return _PLACEHOLDER.sub(
            lambda found: text(arguments, int(found[1])) if arguments else found[0], words
        )

    def uri_of(self, location: object) -> str:
        """Give the address of an artifact location, relative to its base where it has one."""
        index = at(location, "index")
        if not text(location, "uri") and isinstance(index, int):
            location = at(self.raw, "artifacts", index, "location")
        uri = text(location, "uri")
        base = text(location, "uriBaseId")
        seen: set[str] = set()
        while base and base not in seen and len(seen) < _MAX_BASES:
            seen.add(base)
            parent = mapping(self.raw, "originalUriBaseIds", base)
            prefix = text(parent, "uri")
            if not prefix or _SCHEME.match(prefix):
                break
            uri, base = prefix.rstrip("/") + "/" + uri, text(parent, "uriBaseId")
        return self.path_of(uri)

    def path_of(self, uri: str) -> str:
        """Give an address that has no base, as a path where it is none of the web."""
        if uri.startswith(("http:", "https:")):
            return uri
        for root in self.roots:
            uri = uri.removeprefix(root)
        if uri.startswith("file://"):
            path = uri.removeprefix("file://")
            uri = path[1:] if _DRIVE.match(path) else path
        plain = _unescaped(uri).replace("\\", "/")
        return plain.removeprefix("./")


def run_at(raw: Mapping[str, object], pointer: str) -> Run:
    """Give a run with its rules indexed; the first of two rules with one id counts."""
    # Rules are looked up for each result.
    tool = mapping(plain_value(raw.get("tool")))
    raw = {**raw, "tool": tool, "artifacts": plain_value(raw.get("artifacts"))}
    components = [mapping(tool, "driver"), *(mapping(part) for part in items(tool, "extensions"))]
    rules: dict[str, Rule] = {}
    for component in components:
        for rule in items(component, "rules"):
            if isinstance(rule, dict):
                rules.setdefault(text(rule, "id"), rule)
    rules.pop("", None)
    name = text(tool, "driver", "name").lower()
    tool_name = name.removesuffix(" oss").removesuffix(" pro")
    return Run(raw, pointer, tool_name, rules, _roots(raw))


def _roots(raw: Mapping[str, object]) -> tuple[str, ...]:
    given = [text(base, "uri") for base in mapping(raw, "originalUriBaseIds").values()]
    given += [text(part, "workingDirectory", "uri") for part in items(raw, "invocations")]
    folders = {f"{uri.rstrip('/')}/" for uri in given if uri.startswith("file:///")}
    return tuple(sorted(folders - {"file:///"}, key=len, reverse=True))


def _unescaped(uri: str) -> str:
    if "%" not in uri:
        return uri
    plain = _ESCAPED_BYTE.sub(lambda found: bytes([int(found[1], 16)]), uri.encode())
    return plain.decode(errors="replace")
