"""Which resources of a folder of Terraform a change of some of its files reaches.

Those that stand in the files, those that a part of them belongs to, what a module call in them makes, and what uses a
variable or a local value that they set: a violation by any of these ways is the change's own.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tesuri.model.resource import Resource
from tesuri.subjects.terraform.source_values import META
from tesuri.untrusted.shape import at, items, mapping, text

_VARIABLE: Final = re.compile(r'^\s*variable\s+"([\w-]+)"', re.MULTILINE)
_LOCALS: Final = re.compile(r"^\s*locals\s*\{", re.MULTILINE)
_SET: Final = re.compile(r'^\s*"?([\w-]+)"?\s*[=:](?![=>])', re.MULTILINE)
_USED: Final = re.compile(r"\b(?:var|local)\.[\w-]+")
_VALUES: Final = (".tfvars", ".tfvars.json")


@dataclass(frozen=True, slots=True)
class _Reach:
    files: frozenset[str]
    blocks: frozenset[tuple[str, int]]
    """File and first line of blocks that use what the change sets."""
    calls: tuple[str, ...]
    """Beginnings of the addresses that called modules make."""

    def holds(self, resource: Resource) -> bool:
        """Say whether the change reaches a resource."""
        origin = resource.origin
        return (
            origin.file in self.files
            or (origin.file, origin.line) in self.blocks
            or resource.address.startswith(self.calls)
            or any(resource.origins[part].file in self.files for part in resource.origins)
        )


def reached(
    resources: Iterable[Resource],
    tree: object,
    sources: Mapping[str, str],
    files: Collection[str],
    folder: str,
) -> list[Resource]:
    """Give the resources that a change of these files of a folder reaches; all when no file is named."""
    if not files:
        return list(resources)
    within = f"{folder}/" if folder else ""
    names = _names(sources, files)
    blocks: set[tuple[str, int]] = set()
    calls: list[str] = []
    for meta in _blocks(tree):
        file = text(meta, "filename")
        uses = names.get(_folder(file), frozenset())
        is_reached = bool(uses) and not uses.isdisjoint(_USED.findall(_body(meta, sources)))
        if text(meta, "type") == "module":
            if is_reached or file in files:
                calls.append(f"{text(meta, 'path')}.")
        elif is_reached:
            blocks.add((f"{within}{file}", _line(meta, "line_start")))
    reach = _Reach(frozenset(f"{within}{file}" for file in files), frozenset(blocks), tuple(calls))
    return [one for one in resources if reach.holds(one)]


def _blocks(tree: object) -> Iterator[object]:
    for kind in mapping(tree):
        for entry in items(tree, kind):
            meta = at(entry, META)
            if kind == "module":
                yield {**mapping(meta), "type": "module"}
            elif text(meta, "type") == "resource":
                yield meta


def _names(sources: Mapping[str, str], files: Collection[str]) -> Mapping[str, frozenset[str]]:
    """Give by folder what the files set, and every local value that is made of it."""
    found: dict[str, set[str]] = {}
    for file in files:
        found.setdefault(_folder(file), set()).update(_set_in(file, sources.get(file, "")))
    for folder, names in found.items():
        rest = [source for file, source in sources.items() if _folder(file) == folder]
        _spread(names, [line for source in rest for line in _local_lines(source)])
    return {folder: frozenset(names) for folder, names in found.items() if names}


def _set_in(file: str, source: str) -> Iterator[str]:
    if file.endswith(_VALUES):
        yield from (f"var.{name}" for name in _SET.findall(source))
        return
    yield from (f"var.{name}" for name in _VARIABLE.findall(source))
    for line in _local_lines(source):
        yield from (f"local.{name}" for name in _SET.findall(line))


def _local_lines(source: str) -> Iterator[str]:
    """Give the lines within blocks of local values."""
    for match in _LOCALS.finditer(source):
        depth = 1
        for line in source[match.end() :].splitlines():
            yield line
            depth += line.count("{") - line.count("}")
            if depth <= 0:
                break


def _spread(names: set[str], lines: list[str]) -> None:
    """Add the local values that use a name, until no more do."""
    before = -1
    while names and len(names) != before:
        before = len(names)
        for line in lines:
            match = _SET.match(line)
            if match and not names.isdisjoint(_USED.findall(line)):
                names.add(f"local.{match[1]}")


def _body(meta: object, sources: Mapping[str, str]) -> str:
    lines = sources.get(text(meta, "filename"), "").splitlines()
    return "\n".join(lines[_line(meta, "line_start") - 1 : _line(meta, "line_end")])


def _folder(file: str) -> str:
    return file.rpartition("/")[0]


def _line(meta: object, key: str) -> int:
    found = at(meta, key)
    return found if isinstance(found, int) else 0
