"""Some members of a JSON object as bytes, the others never decoded: a record of which a control reads three fields.

Members are told by the decoder itself, so that a name inside of another member or of a text is not mistaken for one.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from tesuri.untrusted.json_depth import is_shallow
from tesuri.untrusted.json_pieces import MAX_DEPTH

Path = tuple[str, ...]
Told = bytes | int
"""A member as it is written, empty where it is absent; a number where a mapping on the way to it is absent or null."""

_Tree = dict[str, "_Tree"]
Steps = tuple[str, ...]
_ABSENT: Final = Raw(b"")


class MemberReader:
    """Reads the members at some paths of one object after another."""

    def __init__(self, paths: Iterable[Path]) -> None:
        tree = _tree(paths)
        self._decoder = msgspec.json.Decoder(_struct(tree))
        self._tree = tree

    def read(self, piece: Raw | bytes) -> Struct | None:
        """Give the members of one object; None for what is no such object, nests too deep, or is written wrongly."""
        text = bytes(piece)
        if not is_shallow(text, MAX_DEPTH, splits=0):
            return None
        try:
            return self._decoder.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None

    def holder(self, path: Path) -> Path | None:
        """Give the member that was asked for and holds what stands at a path; None where there is none."""
        level = self._tree
        for number, name in enumerate(path, start=1):
            if name not in level:
                return None
            level = level[name]
            if not level:
                return path[:number]
        return None

    def steps(self, path: Path) -> Steps:
        """Give how a member that was asked for is reached in what was read."""
        found: list[str] = []
        level = self._tree
        for name in path:
            found.append(f"m{list(level).index(name)}")
            level = level[name]
        return tuple(found)


def told_at(members: Struct, steps: Steps) -> Told:
    """Give the member that some steps reach."""
    held: object = members
    for depth, step in enumerate(steps):
        held = getattr(held, step)
        if held is UNSET:
            return -depth - 1
        if held is None:
            return depth + 1
    return bytes(held) if isinstance(held, Raw) else b""


def _tree(paths: Iterable[Path]) -> _Tree:
    """Put paths together; where one ends, everything below belongs to it."""
    tree: _Tree = {}
    for path in sorted(paths, key=len):
        level = tree
        for name in path:
            if name in level and not level[name]:
                break
            level = level.setdefault(name, {})
    return tree


def _struct(tree: Mapping[str, _Tree]) -> type[Struct]:
    fields: list[tuple[str, object, object]] = []
    for number, inner in enumerate(tree.values()):
        if inner:
            fields.append((f"m{number}", _struct(inner) | None | UnsetType, UNSET))
        else:
            fields.append((f"m{number}", Raw, _ABSENT))
    names = {f"m{number}": name for number, name in enumerate(tree)}
    return msgspec.defstruct("Members", fields, rename=names)
