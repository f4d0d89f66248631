"""Controls as pages: why, good and bad examples, how to mend it, where it acts and what it answers to, as Markdown."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import yaml

from tesuri.model.control import Point
from tesuri.model.identifiers import ControlId
from tesuri.model.views_control import CatalogueEntry, Example
from tesuri.model.views_guardrails import Area, Effect
from tesuri.wording.guardrails import effect_word, guardrail_word, reason_text
from tesuri.wording.phrases import Phrases
from tesuri.wording.words import word

_MARKUP: Final = re.compile(r"([\\`*_{}\[\]<>#|~])")


def yaml_text(value: object) -> str:
    """Give a plain value as YAML that a person reads: keys in their order, letters as they are."""
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=100)


def catalogue_page(entry: CatalogueEntry, phrases: Phrases) -> str:
    """Give the page of one control in the reader's language."""
    parts = [
        f"# {_plain(_pick(phrases, entry.title))}",
        _facts(entry, phrases),
        f"## {phrases.gettext('Why')}",
        _plain(_pick(phrases, entry.statement)),
        f"## {phrases.gettext('Where it acts')}",
        _points(entry, phrases),
        f"## {phrases.gettext('How to fix')}",
        _remedies(entry, phrases),
        f"## {phrases.gettext('Examples')}",
        *(_example(one, phrases, "Fails") for one in entry.bad),
        *(_example(one, phrases, "Passes") for one in entry.good),
        f"## {phrases.gettext('Answers to')}",
        _requirements(entry, phrases),
        f"## {phrases.gettext('Condition')}",
        _fenced(entry.require, ""),
    ]
    return "\n\n".join(parts) + "\n"


def catalogue_index(
    entries: Iterable[CatalogueEntry], phrases: Phrases, page_of: Mapping[ControlId, str]
) -> str:
    """Give the list of all pages, by area; `page_of` gives the file of each control."""
    chosen = list(entries)
    parts = [f"# {phrases.gettext('Guardrails')}"]
    for area in Area:
        found = [entry for entry in chosen if entry.area is area]
        if not found:
            continue
        rows = [
            [
                f"[{_plain(_pick(phrases, entry.title))}]({page_of[entry.control]})",
                word(phrases, entry.severity),
                _plain(entry.resource),
                f"`{entry.control}`",
            ]
            for entry in found
        ]
        heads = [phrases.gettext(name) for name in ("Title", "Severity", "Resource", "Control")]
        parts += [f"## {guardrail_word(phrases, 'area', area.value)}", _table(heads, rows)]
    return "\n\n".join(parts) + "\n"


def _facts(entry: CatalogueEntry, phrases: Phrases) -> str:
    facts = [
        f"`{entry.control}`",
        word(phrases, entry.severity),
        phrases.gettext("looks at {resource}", resource=_plain(entry.resource)),
        phrases.gettext("version {version}", version=entry.version),
    ]
    if entry.is_always_blocking:
        facts.append(phrases.gettext("always blocks"))
    return " · ".join(facts)


def _points(entry: CatalogueEntry, phrases: Phrases) -> str:
    heads = [
        phrases.gettext("Point"),
        *(word(phrases, state) for state in entry.points),
        phrases.gettext("Reason"),
    ]
    rows = []
    for point in Point:
        cells = [entry.points[state][point] for state in entry.points]
        can = [
            "–" if cell.effect is Effect.CANNOT else effect_word(phrases, cell.effect)
            for cell in cells
        ]
        reason = reason_text(phrases, cells[0].reason) if cells[0].reason else ""
        rows.append([word(phrases, point), *can, _plain(reason)])
    return _table(heads, rows)


def _remedies(entry: CatalogueEntry, phrases: Phrases) -> str:
    told = []
    for place, texts in entry.remedy.items():
        text = _pick(phrases, texts)
        told.append(f"### {guardrail_word(phrases, 'remedy', place)}")
        told.append(_fenced(text, "sh") if text.startswith("aws ") else _plain(text))
    return "\n\n".join(told or [phrases.gettext("The control says nothing about a fix.")])


def _example(one: Example, phrases: Phrases, kind: str) -> str:
    where = f"{word(phrases, one.point)}{phrases.gettext(', ')}{_plain(one.name)}"
    told = phrases.gettext("{effect}: {points}", effect=phrases.gettext(kind), points=where)
    head = f"### {told}"
    said = phrases.gettext("It says: “{sentence}”", sentence=_plain(one.message))
    return "\n\n".join([head, *([said] if one.message else []), _fenced(one.text, "yaml")])


def _requirements(entry: CatalogueEntry, phrases: Phrases) -> str:
    lines = [
        f"- {_plain(_pick(phrases, each.framework_title))}: **{_plain(each.requirement)}** "
        f"{_plain(_pick(phrases, each.title))}"
        for each in entry.answers_to
    ]
    lines += [
        f"- {tool}: {', '.join(f'`{name}`' for name in ids)}" for tool, ids in entry.same_as.items()
    ]
    return "\n".join(lines or ["–"])


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _fenced(text: str, kind: str) -> str:
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}{kind}\n{text.rstrip()}\n{fence}"


def _pick(phrases: Phrases, texts: Mapping[str, str]) -> str:
    return phrases.pick(texts["en"], texts.get("ja", ""))


def _plain(text: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
