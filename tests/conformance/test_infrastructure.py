"""Real plans and templates of the corpus: how many resources get a canonical type, which types do not, what is refused.

The figures of each source are pinned: reading one file less, or one resource less, fails the test.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import orjson
import pytest

from tesuri.engines.terraform_source import read_terraform_folder
from tesuri.model.errors import BadInput
from tesuri.model.resource import Resource
from tesuri.subjects.cloudformation.document import TAGS
from tesuri.subjects.cloudformation.template import read_cloudformation
from tesuri.subjects.terraform.hcl import read_terraform_hcl
from tesuri.subjects.terraform.plan import read_terraform_plan
from tesuri.untrusted.shape import at, items, text
from tesuri.untrusted.yaml_document import read_yaml

_EXPECTED = Path(__file__).with_name("infrastructure.expected.tsv")
_COLUMNS = ("files", "read", "refused", "resources", "canonical", "no mapping", "not read")
_TEMPLATES = (".json", ".yaml", ".yml", ".template")


@dataclass(slots=True)
class Seen:
    """What one reader made of one input."""

    resources: tuple[Resource, ...]
    unmapped: Mapping[str, int]
    unread: int


@dataclass(slots=True)
class Tally:
    """The figures by kind of input and source."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    types: Counter[str] = field(default_factory=Counter)

    def add(self, name: str, read: Callable[[], Seen]) -> None:
        """Read one input and count what came out; anything but BadInput fails the test."""
        count = self.counts.setdefault(name, Counter())
        count["files"] += 1
        try:
            seen = read()
        except BadInput:
            count["refused"] += 1
            return
        missing = sum(seen.unmapped.values())
        count.update(
            {
                "read": 1,
                "resources": len(seen.resources),
                "canonical": len(seen.resources) - missing,
                "no mapping": missing,
                "not read": seen.unread,
            }
        )
        self.types.update(seen.unmapped)

    def lines(self) -> Iterator[str]:
        """Give the table as text."""
        yield "\t".join(("source", *_COLUMNS))
        for name, count in sorted(self.counts.items()):
            yield "\t".join((name, *(str(count[column]) for column in _COLUMNS)))
        yield f"types without a mapping: {len(self.types)}"


def _plan(data: bytes, name: str) -> Seen:
    found = read_terraform_plan(data, where=name)
    return Seen(found.resources, found.unmapped, len(found.unread))


def _template(data: bytes, name: str) -> Seen:
    found = read_cloudformation(data, where=name)
    return Seen(found.resources, found.unmapped, len(found.unread))


def _hcl(source: str, folder: Path) -> Seen:
    folder.mkdir()
    (folder / "main.tf").write_text(source, encoding="utf-8")
    given = read_terraform_folder(folder)
    found = read_terraform_hcl(given.tree, given.sources, where="")
    return Seen(found.resources, found.unmapped, len(found.unread))


def _files(folder: Path, suffixes: Iterable[str]) -> Iterator[tuple[Path, str]]:
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.suffix in suffixes:
            yield file, file.relative_to(folder).parts[0]


def _suite(data: bytes) -> list[bytes]:
    """Give the templates inside a table of cases; none when the file is no such table."""
    try:
        cases = read_yaml(data, where="suite", tags=TAGS)
    except BadInput:
        return []
    return [
        orjson.dumps(given)
        for case in (cases if isinstance(cases, list) else [])
        if isinstance(given := at(case, "input"), dict) and "Resources" in given
    ]


def _every_input(folder: Path, scratch: Path) -> Iterator[tuple[str, Callable[[], Seen]]]:
    for file, source in _files(folder / "tfplan", [".json"]):
        yield f"plan/{source}", partial(_plan, file.read_bytes(), file.name)
    for file, source in _files(folder / "cfn", _TEMPLATES):
        data = file.read_bytes()
        for part in _suite(data) or [data]:
            yield f"template/{source}", partial(_template, part, file.name)
    for number, (source, language) in enumerate(_pairs(folder / "labelled-pairs")):
        if language == "terraform":
            yield "hcl/labelled", partial(_hcl, source, scratch / str(number))
        else:
            yield "template/labelled", partial(_template, source.encode(), "pair")


@pytest.mark.corpus
def test_real_plans_templates_and_hcl_are_read(corpus: Path, tmp_path: Path) -> None:
    pytest.importorskip("tfparse", reason="the extra terraform is not installed")
    folder = corpus / "guardrails"
    if not folder.is_dir():
        pytest.skip("the corpus has no guardrails")
    tally = Tally()
    for name, read in _every_input(folder, tmp_path):
        tally.add(name, read)
    lines = list(tally.lines())
    print("\n".join(lines))  # noqa: T201 # shown with -s and when the test fails
    expected = _EXPECTED.read_text(encoding="utf-8").splitlines()
    if _inputs(lines) == _inputs(expected):
        assert lines == expected
    resources = sum(count["resources"] for count in tally.counts.values())
    canonical = sum(count["canonical"] for count in tally.counts.values())
    assert canonical >= 0.85 * resources


def _inputs(lines: list[str]) -> list[list[str]]:
    """Give the sources with the number of their files: another corpus has other figures."""
    return [line.split("\t")[:2] for line in lines if "\t" in line]


def _pairs(folder: Path) -> Iterator[tuple[str, str]]:
    for file, _ in _files(folder, [".yaml"]):
        document = read_yaml(file.read_bytes(), where=file.name)
        for language in ("terraform", "cloudformation"):
            for label in ("good", "bad"):
                for source in items(document, language, label):
                    yield text(source), language
