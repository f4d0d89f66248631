"""Finds every sentence that the code and the templates ask the catalogue for."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "tesuri"

_STRING = r'"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.)*)\''
_SINGLE = re.compile(rf"(?<![\w.])t\(\s*(?:{_STRING})")
_PLURAL = re.compile(rf"(?<![\w.])n\(\s*(?:{_STRING})")
_MARKERS = {"gettext", "ngettext", "msg"}


def template_messages() -> set[str]:
    """Give the first sentence of each `t(…)` and `n(…)` of the templates."""
    found = set()
    for path in sorted((SOURCE / "web" / "templates").glob("*.html")):
        text = path.read_text(encoding="utf-8")
        for pattern in (_SINGLE, _PLURAL):
            found |= {first or second for first, second in pattern.findall(text)}
    return found


def code_messages() -> set[str]:
    """Give the first sentence of each `gettext`, `ngettext` and `msg` of the code."""
    found = set()
    for path in sorted(SOURCE.rglob("*.py")):
        found |= set(_of_module(ast.parse(path.read_text(encoding="utf-8"))))
    return found


def _of_module(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        name = node.func.id if isinstance(node.func, ast.Name) else name
        first = node.args[0]
        if name in _MARKERS and isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value
