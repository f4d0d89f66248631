"""Remarks as workflow commands, which GitHub Actions shows on the lines of a change.

**source** https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from collections.abc import Sequence
from typing import Final

from tesuri.exports.annotations import Annotation, Level

MOST_OF_A_LEVEL: Final = 10
"""Actions shows that many annotations of a level for one step, and says nothing of the others."""


def render_github_commands(annotations: Sequence[Annotation]) -> str:
    """Give one command a line, the loudest first; what Actions would drop is counted in the last one."""
    lines: list[str] = []
    left = 0
    for level in Level:
        found = [one for one in annotations if one.level is level]
        # The last notice is ours where something is left out.
        kept = found[: MOST_OF_A_LEVEL - (level is Level.NOTICE)]
        lines += [_command(one) for one in kept]
        left += len(found) - len(kept)
    if left:
        lines.append(f"::notice title=Tesuri::and {left} more; other formats list them all")
    return "".join(f"{line}\n" for line in lines)


def _command(one: Annotation) -> str:
    properties = {"file": one.file, "line": str(one.line) if one.line else "", "title": one.rule}
    words = ",".join(f"{key}={_property(value)}" for key, value in properties.items() if value)
    return f"::{one.level.value} {words}::{_message(one.message)}"


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
