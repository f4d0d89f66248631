"""Sizes, names and purity that keep the tree readable; the limits are explained in CONTRIBUTING.md."""

import ast
import re

from tests.architecture.tree import Module

MODULE_LINES = 400
FUNCTION_LINES = 60
ARGUMENTS = 5
REFUSED_WORDS = {
    *("util", "utils", "helper", "helpers", "common", "misc", "base"),
    *("manager", "processor", "handler"),
}
CORE = (
    *("model", "untrusted", "formats", "subjects", "controls", "budgets", "triage", "routing"),
    *("exports", "expressions", "charts"),
)


def words_of(name: str) -> set[str]:
    """Split snake_case and CamelCase into lower-case words."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


def test_no_module_is_longer_than_the_limit(modules: list[Module]) -> None:
    lengths = {module.place: module.text.count("\n") for module in modules}
    assert {place: n for place, n in lengths.items() if n > MODULE_LINES} == {}


def test_no_function_is_longer_than_the_limit(modules: list[Module]) -> None:
    long = [
        f"{module.place}:{node.lineno} {node.name}"
        for module in modules
        for node in module.functions()
        if (node.end_lineno or node.lineno) - node.lineno + 1 > FUNCTION_LINES
    ]
    assert not long, "\n".join(long)


def test_no_function_takes_more_arguments_than_the_limit(modules: list[Module]) -> None:
    """Options of a command and keyword-only ports are not counted."""
    wide = [
        f"{module.place}:{node.lineno} {node.name}"
        for module in modules
        if not module.name.startswith("tesuri.cli")
        for node in module.functions()
        if len([a for a in node.args.posonlyargs + node.args.args if a.arg not in {"self", "cls"}])
        > ARGUMENTS
    ]
    assert not wide, "\n".join(wide)


def test_no_name_hides_its_purpose(modules: list[Module]) -> None:
    defined = [(module.place, part) for module in modules for part in module.name.split(".")] + [
        (f"{module.place}:{node.lineno}", node.name)
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    ]
    vague = [f"{place} {name}" for place, name in defined if words_of(name) & REFUSED_WORDS]
    assert not vague, "\n".join(vague)


def test_every_public_module_says_what_it_is_for(modules: list[Module]) -> None:
    public = [module for module in modules if not module.path.name.startswith("_")]
    assert [module.place for module in public if not ast.get_docstring(module.tree)] == []


def test_the_core_reads_no_clock_and_opens_no_file(modules: list[Module]) -> None:
    core = tuple(f"tesuri.{name}" for name in CORE)
    impure = [
        f"{module.place}:{call.lineno} {ast.unparse(call.func)}"
        for module in modules
        if module.name.startswith(core)
        for call in ast.walk(module.tree)
        if isinstance(call, ast.Call) and is_impure(call.func)
    ]
    assert not impure, "\n".join(impure)


def is_impure(function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        return function.id in {"open", "print", "input"}
    if isinstance(function, ast.Attribute):
        owner = ast.unparse(function.value).rpartition(".")[2]
        return owner in {"datetime", "date"} and function.attr in {"now", "today", "utcnow"}
    return False


def test_the_split_into_words_sees_through_both_spellings() -> None:
    assert words_of("ReportHandler") == {"report", "handler"}
    assert words_of("handler_of_reports") & REFUSED_WORDS
    assert not words_of("database_url") & REFUSED_WORDS
    assert not words_of("baseline") & REFUSED_WORDS
