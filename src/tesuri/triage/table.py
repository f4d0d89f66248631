"""Decision tables as files: every combination of answers exactly once, each with its result.

A workspace may bring its own table in the same form. Nothing is guessed: a table with a gap, a
doubled row or an unknown word is refused. The tables that come along are in `triage/tables`.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import Final

from tesuri.model.decision import Outcome
from tesuri.model.errors import BadInput
from tesuri.untrusted.yaml_document import read_yaml

KNOWN_VALUES: Final = {
    "exploitation": ("none", "poc", "active"),
    "exposure": ("small", "controlled", "open"),
    "automatable": ("no", "yes"),
    "human_impact": ("low", "medium", "high", "very-high"),
    "technical_impact": ("partial", "total"),
    "mission_and_well_being": ("low", "medium", "high"),
    "in_kev": ("no", "yes"),
    "publicly_exposed": ("no", "yes"),
}
"""Questions that triage answers by itself, with every value that it may give."""

MAX_ROWS = 10_000
"""Largest table that is read; the published ones have 72 rows at most."""


@dataclass(frozen=True, slots=True)
class Question:
    """A decision point of a table: its values, and the one that is taken when nobody knows."""

    name: str
    values: tuple[str, ...]
    default: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: answers in the order of the questions, and what follows."""

    answers: tuple[str, ...]
    result: str
    """The table's own word: act, 14-days, very-high …"""


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """A complete decision table. Rows stand in the published order; their number is their index."""

    name: str
    version: str
    source: str
    questions: tuple[Question, ...]
    rows: tuple[Row, ...]
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    """Result → outcome; empty for a table that only answers a question of another table."""
    row_of: Mapping[tuple[str, ...], int] = field(default_factory=dict, repr=False, compare=False)

    @property
    def title(self) -> str:
        """Give name and version, as decisions store them: cert/ssvc-deployer 1.0.0."""
        return f"{self.name} {self.version}"

    def lookup(self, answers: Mapping[str, str]) -> tuple[int, Row]:
        """Give the row for these answers; a question without an answer takes its default.

        **raises** BadInput for a value that the question does not have.
        """
        values = tuple(answers.get(asked.name, asked.default) for asked in self.questions)
        for asked, value in zip(self.questions, values, strict=True):
            if value not in asked.values:
                raise BadInput(
                    f"{asked.name} cannot be {value!r} in {self.title}.",
                    remedy=f"It is one of {', '.join(asked.values)}.",
                )
        index = self.row_of[values]
        return index, self.rows[index]

    def outcome(self, row: Row) -> Outcome:
        """Give what the row says to do.

        **raises** BadInput for a table that has no outcomes.
        """
        if row.result not in self.outcomes:
            raise BadInput(f"{self.title} gives no outcome for {row.result!r}.")
        return self.outcomes[row.result]


def read_table(data: bytes, *, where: str) -> DecisionTable:
    """Give the table that a YAML file declares.

    **raises** BadInput when a combination is missing, doubled or unknown, naming it.
    """
    document = _mapping(read_yaml(data, where=where), "The file", where)
    _refuse_unknown_keys(document, where)
    questions = _questions(document, where)
    outcomes = _outcomes(document, where)
    results = set(outcomes) or set(_words(document.get("results"), "results", where))
    rows = _rows(document, questions, results, where)
    _refuse_incomplete(questions, rows, where)
    return DecisionTable(
        name=_text(document.get("table"), "table", where),
        version=_text(document.get("version"), "version", where),
        source=_text(document.get("source"), "source", where),
        questions=questions,
        rows=rows,
        outcomes=outcomes,
        row_of={row.answers: index for index, row in enumerate(rows)},
    )


def _refuse_unknown_keys(document: Mapping[str, object], where: str) -> None:
    known = {"table", "version", "source", "questions", "outcomes", "results", "rows"}
    if unknown := sorted(set(document) - known):
        raise BadInput(
            f"A decision table has no key {unknown[0]!r}.",
            where=where,
            remedy=f"It has {', '.join(sorted(known))}.",
        )
    if ("outcomes" in document) == ("results" in document):
        raise BadInput("A decision table has either outcomes or results.", where=where)


def _questions(document: Mapping[str, object], where: str) -> tuple[Question, ...]:
    declared = _mapping(document.get("questions"), "questions", where)
    found = []
    for name, described in declared.items():
        what = f"questions.{name}"
        parts = _mapping(described, what, where)
        values = tuple(_words(parts.get("values"), f"{what}.values", where))
        default = _word(parts.get("default"))
        if default not in values:
            raise BadInput(f"{what}.default must be one of its values.", where=where)
        if missing := set(KNOWN_VALUES.get(name, ())) - set(values):
            raise BadInput(f"{what}.values lacks {min(missing)}.", where=where)
        found.append(Question(name, values, default))
    if not found:
        raise BadInput("A decision table asks at least one question.", where=where)
    if prod(len(asked.values) for asked in found) > MAX_ROWS:
        raise BadInput(f"A decision table has at most {MAX_ROWS:,} combinations.", where=where)
    return tuple(found)


def _outcomes(document: Mapping[str, object], where: str) -> dict[str, Outcome]:
    if "outcomes" not in document:
        return {}
    known = {outcome.value: outcome for outcome in Outcome}
    found: dict[str, Outcome] = {}
    for result, outcome in _mapping(document["outcomes"], "outcomes", where).items():
        if _word(outcome) not in known:
            raise BadInput(
                f"outcomes.{result} is no outcome.",
                where=where,
                remedy=f"It is one of {', '.join(known)}.",
            )
        found[result] = known[_word(outcome)]
    return found


def _rows(
    document: Mapping[str, object], questions: tuple[Question, ...], results: set[str], where: str
) -> tuple[Row, ...]:
    return tuple(
        _row(line.split(), questions, results, f"{where}: row {number}")
        for number, line in enumerate(_words(document.get("rows"), "rows", where))
    )


def _row(words: list[str], questions: tuple[Question, ...], results: set[str], where: str) -> Row:
    if len(words) != len(questions) + 1:
        raise BadInput(
            f"A row has {len(questions)} answers and a result; this one has {len(words)} words.",
            where=where,
        )
    for asked, value in zip(questions, words, strict=False):
        if value not in asked.values:
            raise BadInput(f"{asked.name} has no value {value!r}.", where=where)
    if words[-1] not in results:
        raise BadInput(f"The result {words[-1]!r} is not declared.", where=where)
    return Row(tuple(words[:-1]), words[-1])


def _refuse_incomplete(questions: tuple[Question, ...], rows: tuple[Row, ...], where: str) -> None:
    counts = Counter(row.answers for row in rows)
    for answers in product(*(asked.values for asked in questions)):
        if counts[answers] != 1:
            fault = "is missing" if counts[answers] == 0 else "stands more than once"
            raise BadInput(f"The combination {' '.join(answers)} {fault}.", where=where)


def _mapping(value: object, what: str, where: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise BadInput(f"{what} must be a mapping.", where=where)
    return {str(key): part for key, part in value.items()}


def _words(value: object, what: str, where: str) -> list[str]:
    if not isinstance(value, list) or not value:
        raise BadInput(f"{what} must be a list with at least one entry.", where=where)
    words = [_word(part) for part in value]
    if "" in words or len(set(words)) < len(words):
        raise BadInput(f"{what} holds an empty or doubled entry.", where=where)
    return words


def _text(value: object, what: str, where: str) -> str:
    text = _word(value)
    if not text:
        raise BadInput(f"A decision table needs {what}.", where=where)
    return text


def _word(value: object) -> str:
    """Give a scalar as text; YAML reads an unquoted yes or no as a boolean, which is forgiven."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).strip() if isinstance(value, (str, int, float)) else ""
