"""All faults of a workspace as one error that a person can work through."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tesuri.model.errors import BadInput
from tesuri.routing.declared.collect import PlacedFault
from tesuri.untrusted.yaml_document import read_yaml_lines

MOST_LISTED = 20


def refusal(faults: Sequence[PlacedFault], files: Mapping[str, bytes]) -> BadInput:
    """Give the error for at least one fault: the first 20 by file and line, and how many more there are."""
    lines = _Lines(files)
    ordered = sorted({_key(lined): lined for lined in map(lines.placed, faults)}.items())
    listed = [fault for _, fault in ordered[:MOST_LISTED]]
    if len(ordered) == 1:
        only = listed[0]
        return BadInput(only.fault.what, where=_where(only), remedy=only.fault.remedy)
    sentences = [
        f"{_where(placed)}: {placed.fault.what} {placed.fault.remedy}".rstrip() for placed in listed
    ]
    if len(ordered) > MOST_LISTED:
        sentences.append(f"and {len(ordered) - MOST_LISTED} more")
    listing = "".join(f"\n  {sentence}" for sentence in sentences)
    return BadInput(f"The workspace has {len(ordered)} problems.{listing}")


def _key(placed: PlacedFault) -> tuple[str, int, str, str]:
    return (placed.file, placed.line, placed.fault.pointer, placed.fault.what)


def _where(placed: PlacedFault) -> str:
    line = f": line {placed.line}" if placed.line else ""
    pointer = f" ({placed.fault.pointer})" if placed.fault.pointer else ""
    return f"{placed.file}{line}{pointer}"


class _Lines:
    """Lines of YAML files, read once for each file that has faults."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._known: dict[str, Mapping[str, int]] = {}

    def placed(self, placed: PlacedFault) -> PlacedFault:
        """Give the fault with its line, where the file can tell it."""
        is_yaml = placed.file.endswith((".yaml", ".yml")) and placed.file in self._files
        if placed.line or not is_yaml:
            return placed
        if placed.file not in self._known:
            self._known[placed.file] = _lines_of(placed.file, self._files[placed.file])
        return replace(placed, line=_nearest(self._known[placed.file], placed.fault.pointer))


def _lines_of(file: str, content: bytes) -> Mapping[str, int]:
    try:
        return read_yaml_lines(content, where=file)
    except BadInput:
        # The file itself is broken; its fault says the line.
        return {}


def _nearest(lines: Mapping[str, int], pointer: str) -> int:
    """Give the line of the pointer or of what holds it; 0 when nothing is known."""
    while pointer not in lines and pointer:
        pointer = pointer.rpartition("/")[0]
    return lines.get(pointer, 0)
