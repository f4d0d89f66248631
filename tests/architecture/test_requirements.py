"""What the project imports is declared, what is declared is pinned, and every pin has its hash."""

import ast
import importlib.metadata
import re
import sys
from pathlib import Path

import msgspec
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.tree import Module

PIN = re.compile(
    r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)(?: ; [^\\]*)? \\\n((?:    --hash=.*\n?)*)", re.MULTILINE
)


class Metadata(msgspec.Struct, rename="kebab"):
    """What `[project]` says about packages."""

    dependencies: list[str]
    optional_dependencies: dict[str, list[str]]


class Project(msgspec.Struct, rename="kebab"):
    """The part of pyproject.toml that names packages."""

    project: Metadata
    dependency_groups: dict[str, list[str | dict[str, str]]]

    def group(self, name: str) -> list[str]:
        return [each for each in self.dependency_groups[name] if isinstance(each, str)]


def pins(path: Path) -> dict[str, str]:
    """Give version by canonical name."""
    found = PIN.findall(path.read_text(encoding="utf-8"))
    return {canonicalize_name(name): version for name, version, _ in found}


@pytest.fixture(scope="module")
def project(root: Path) -> Project:
    return msgspec.toml.decode((root / "pyproject.toml").read_bytes(), type=Project)


@pytest.mark.parametrize("name", ["runtime", "dev", "assets", "postgres", "fuzz"])
def test_every_pin_carries_a_hash(root: Path, name: str) -> None:
    text = (root / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    hashed = [name for name, _, hashes in PIN.findall(text) if "sha256:" in hashes]
    assert lines
    assert len(hashed) == len(lines)


def test_every_declared_package_is_pinned_within_its_bounds(root: Path, project: Project) -> None:
    extras = project.project.optional_dependencies
    declared = [*project.project.dependencies, *extras["server"]]
    sets = {
        "runtime": [*declared, *project.group("build")],
        "dev": [*declared, *project.group("dev")],
        "assets": project.group("assets"),
    }
    for name, wanted in sets.items():
        pinned = pins(root / "requirements" / f"{name}.txt")
        for requirement in map(Requirement, wanted):
            version = pinned.get(canonicalize_name(requirement.name), "missing")
            assert version != "missing", f"{requirement.name} in {name}.txt: run make pins"
            assert version in requirement.specifier, f"{requirement} in {name}.txt: run make pins"


def test_users_and_developers_run_the_same_versions(root: Path) -> None:
    runtime, dev = (pins(root / "requirements" / f"{name}.txt") for name in ("runtime", "dev"))
    assert {name: dev.get(name) for name in runtime} == runtime


def test_the_product_imports_nothing_undeclared(modules: list[Module], project: Project) -> None:
    extras = project.project.optional_dependencies.values()
    wanted = [*project.project.dependencies, *(one for many in extras for one in many)]
    declared = {canonicalize_name(Requirement(each).name) for each in wanted}
    makers = importlib.metadata.packages_distributions()
    undeclared = [
        f"{module.place} {name}"
        for module in modules
        for name in imported(module.tree)
        if not {canonicalize_name(maker) for maker in makers.get(name, ["?"])} & declared
    ]
    assert not undeclared, "\n".join(undeclared)


def test_no_declared_package_is_dead_weight(modules: list[Module], project: Project) -> None:
    extras = project.project.optional_dependencies.values()
    wanted = [*project.project.dependencies, *(one for many in extras for one in many)]
    makers = importlib.metadata.packages_distributions()
    used = {
        canonicalize_name(maker)
        for module in modules
        for name in imported(module.tree)
        for maker in makers.get(name, [])
    }
    assert {canonicalize_name(Requirement(each).name) for each in wanted} - used == set()


def imported(tree: ast.Module) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names) - {"tesuri"}
