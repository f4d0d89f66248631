"""No file ties the project to one machine or one registry address."""

import re
from pathlib import Path

# Written in halves, or this file would find itself.
REGISTRIES = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("files", "pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("deb", "debian", "org"),
        ("snapshot", "debian", "org"),
    )
)
MACHINE_FOLDERS = "|".join(("wo" + "rk", "ro" + "ot", "tm" + "p", "var/" + "tmp"))
MACHINE_PATH = re.compile(rf"(?<![\w.\-/}}\]*])/(?:{MACHINE_FOLDERS})/[\w.-]")


def texts(files: list[Path]) -> list[tuple[Path, str]]:
    return [(path, path.read_bytes().decode("utf-8", "replace")) for path in files]


def test_no_file_holds_the_address_of_a_registry(repository_files: list[Path]) -> None:
    found = [
        f"{path}: {address}"
        for path, text in texts(repository_files)
        for address in REGISTRIES
        if address in text
    ]
    assert not found, "\n".join(found)


def test_no_file_holds_a_path_of_one_machine(repository_files: list[Path], root: Path) -> None:
    found = [
        f"{path.relative_to(root)}: {place}"
        for path, text in texts(repository_files)
        for place in (*MACHINE_PATH.findall(text), *re.findall(re.escape(f"{root}/"), text))
    ]
    assert not found, "\n".join(found)


def test_nothing_generated_or_fetched_is_committed(
    repository_files: list[Path], root: Path
) -> None:
    refused = {"node_modules", "vendor", "__pycache__", ".venv", ".cache", "dist"}
    places = [path.relative_to(root) for path in repository_files]
    assert [str(place) for place in places if refused & set(place.parts)] == []


def test_the_path_pattern_knows_a_machine_from_a_url() -> None:
    assert MACHINE_PATH.search("see /" + "tmp/x")
    assert not MACHINE_PATH.search("https://example.com/" + "work/items")
