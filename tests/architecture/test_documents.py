"""The documents keep up with the tree: tour, decisions, changes, links and translations."""

import re
from pathlib import Path

HEADING = re.compile(r"^(#{1,6}) \S", re.MULTILINE)
LINK = re.compile(r"\]\((?![a-z]+:|#)([^)#\s]+)")
DECISION_SECTIONS = ("Context", "Decision", "Consequences", "Rejected")
DECISION_LINES = 60
STATUSES = ("proposed", "accepted", "superseded by")
CHANGE = re.compile(r"\d+\.(security|removed|deprecated|added|changed|fixed)\.md")


def without_code(text: str) -> str:
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def test_the_tour_names_every_folder_and_no_other(root: Path, repository_files: list[Path]) -> None:
    tour = (root / "docs" / "tour.md").read_text(encoding="utf-8")
    named = re.findall(r"^- `([^`]+)/`", tour, re.MULTILINE)
    places = [path.relative_to(root) for path in repository_files]
    top = {place.parts[0] for place in places if len(place.parts) > 1}
    ours = {
        "/".join(place.parts[:3])
        for place in places
        if place.parts[:2] == ("src", "tesuri") and len(place.parts) > 3
    }
    assert sorted(set(named)) == sorted(named)
    assert set(named) == top | ours


def test_every_decision_is_complete_and_fits_a_page(root: Path) -> None:
    pages = sorted((root / "docs" / "decisions").glob("*.md"))
    numbers = [int(page.name[:4]) for page in pages]
    assert numbers == list(range(1, len(pages) + 1))
    for page in pages:
        text = page.read_text(encoding="utf-8")
        status = re.search(r"^- Status: (.+)$", text, re.MULTILINE)
        assert status, page.name
        assert status.group(1).startswith(STATUSES), page.name
        assert re.search(r"^- Date: \d{4}-\d\d-\d\d$", text, re.MULTILINE), page.name
        assert tuple(re.findall(r"^## (.+)$", text, re.MULTILINE)) == DECISION_SECTIONS, page.name
        assert text.count("\n") <= DECISION_LINES, page.name


def test_every_change_note_is_named_after_its_issue_and_kind(root: Path) -> None:
    notes = [path.name for path in (root / "changes").iterdir() if path.name != "README.md"]
    assert [name for name in notes if not CHANGE.fullmatch(name)] == []


def test_a_page_and_its_translation_have_the_same_headings(
    root: Path, repository_files: list[Path]
) -> None:
    for page in repository_files:
        if page.name.endswith(".ja.md"):
            original = page.with_name(page.name.removesuffix(".ja.md") + ".md")
            assert original.exists(), f"{page.relative_to(root)} translates no page"
            assert levels(page) == levels(original), page.relative_to(root)


def levels(page: Path) -> list[str]:
    return HEADING.findall(without_code(page.read_text(encoding="utf-8")))


def test_every_link_between_documents_leads_somewhere(
    root: Path, repository_files: list[Path]
) -> None:
    broken = [
        f"{page.relative_to(root)} → {link}"
        for page in repository_files
        if page.suffix == ".md"
        for link in LINK.findall(without_code(page.read_text(encoding="utf-8")))
        if not (page.parent / link).exists()
    ]
    assert not broken, "\n".join(broken)
