"""The query language of findings: `severity:>=high owner:payments due:<7d -has:waiver "free words"`.

Words are joined by and; values with commas by or; a minus turns a part around. What nobody can follow becomes
an error beside the rows and is left out, so that one wrong word never empties a page unsaid.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import reduce

from tesuri.flows.findings.finding_column import Mask, both, either, flipped
from tesuri.flows.findings.finding_columns import FindingColumns
from tesuri.flows.findings.query_fields import (
    EXPLOITED,
    FIELDS,
    OPEN_WORDS,
    Test,
    Vocabulary,
    refuse,
)
from tesuri.model.errors import BadInput
from tesuri.model.finding import State
from tesuri.model.identifiers import finding_name, group_name
from tesuri.model.views_findings import QueryError
from tesuri.triage.aliases import is_cve, normal_id

LONGEST_QUERY = 1_000
MOST_PARTS = 40

# One part: an optional minus, an optional field, then a value, in quotes where it has spaces.
_PART = re.compile(
    r'(?P<minus>-?)(?:(?P<field>[A-Za-z][A-Za-z-]*):)?(?P<value>(?:"[^"]*"?|[^\s"])+|(?=\s|$))'
)
_SIGN = re.compile(r"(<=|>=|<|>|=)?(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a query that was understood."""

    field: str
    """Empty for free words."""
    values: tuple[str, ...]
    """As typed, folded, without sign."""
    is_negative: bool
    checks: tuple[tuple[str, Test], ...]
    """(Aspect that it looks at, test): one of them holds. None for words that any text may contain."""

    def mask(self, columns: FindingColumns) -> Mask:
        """Give the findings that fit this part."""
        if self.checks:
            found = reduce(either, (columns.mask(aspect, test) for aspect, test in self.checks))
        else:
            found = columns.containing(self.values[0])
        return flipped(found) if self.is_negative else found


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was read, with what nobody could follow of it."""

    text: str
    terms: tuple[Term, ...] = ()
    errors: tuple[QueryError, ...] = ()

    def mask(self, columns: FindingColumns) -> Mask:
        """Give the findings that fit every part."""
        return reduce(both, (term.mask(columns) for term in self.terms), columns.everything)

    @property
    def shown_states(self) -> frozenset[State]:
        """States that the rows may have: open ones, unless the query names others."""
        if any(term.field == "state" for term in self.terms):
            return frozenset(State)
        asks_waived = any(
            term.field == "waiver" or (term.field == "has" and "waiver" in term.values)
            for term in self.terms
            if not term.is_negative
        )
        return frozenset({State.OPEN, State.WAIVED}) if asks_waived else frozenset({State.OPEN})

    @property
    def asks_feeds(self) -> bool:
        """Whether a part needs what the feeds say of a finding."""
        return any(term.field == "is" and EXPLOITED in term.values for term in self.terms)

    def chooses(self, field: str, value: str) -> bool:
        """Whether the query names this value of a field."""
        return any(
            term.field == field and not term.is_negative and value.casefold() in term.values
            for term in self.terms
        )


def vocabulary_words(text: str, columns: FindingColumns) -> dict[str, frozenset[str]]:
    """Give the values that some finding has, for the fields with open values that a query names."""
    named = unicodedata.normalize("NFKC", text).casefold()
    return {
        name: frozenset(
            word.casefold()
            for sample in columns.column(FIELDS[name].aspect_of("")).present
            for word in read(sample.finding)
            if word
        )
        for name, read in OPEN_WORDS.items()
        if f"{name}:" in named
    }


def read_query(text: str, vocabulary: Vocabulary) -> Query:
    """Read a query; never raises: what cannot be followed is in `errors`.

    Full-width signs, as Japanese keyboards give them, mean the same as plain ones.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if len(plain) > LONGEST_QUERY:
        what = f"The query has {len(plain):,} letters; at most {LONGEST_QUERY:,} are read."
        return Query(text.strip(), errors=(QueryError(plain[:40], what, "Shorten it."),))
    parts = [found for found in _PART.finditer(plain) if found.group()]
    terms: list[Term] = []
    errors: list[QueryError] = []
    for part in parts[:MOST_PARTS]:
        try:
            terms.append(_term(part, vocabulary))
        except BadInput as error:
            errors.append(QueryError(part.group(), error.what, error.remedy))
    if len(parts) > MOST_PARTS:
        what = f"The query has {len(parts)} parts; the first {MOST_PARTS} are used."
        errors.append(QueryError(parts[MOST_PARTS].group(), what, "Leave some out."))
    return Query(text.strip(), tuple(terms), tuple(errors))


def _term(part: re.Match[str], vocabulary: Vocabulary) -> Term:
    is_negative = bool(part["minus"])
    raw = part["value"]
    name = (part["field"] or "").lower()
    if not name:
        words = raw.replace('"', "").casefold()
        if not words:
            raise BadInput("There is nothing to search for.", remedy="Write a word after it.")
        return Term("", (words,), is_negative, _free(words))
    if name not in FIELDS:
        remedy = f'Put it in quotes to search for the text: "{name}:{raw}".'
        raise refuse(f"There is no field {name!r}.", name, FIELDS, remedy=remedy)
    sign, value = _divided(raw)
    if sign != "=" and not FIELDS[name].has_order:
        raise BadInput(f"{name} has no order to compare.", remedy=f"Write {name}:{value}.")
    values = tuple(word for word in value.split(",") if word)
    if not values:
        raise BadInput(f"{name} has no value.", remedy=f"Write a value after {name}:")
    if len(values) > 1 and sign != "=":
        raise BadInput(
            f"{name} compares with one value.", remedy=f"Write {name}:{sign}{values[0]}."
        )
    known = FIELDS[name]
    tests = [known.make(sign, each, vocabulary) for each in values]
    checks = ((known.aspect_of(each), test) for each, test in zip(values, tests, strict=True))
    return Term(name, values, is_negative, tuple(checks))


def _divided(raw: str) -> tuple[str, str]:
    """Give the comparison sign (= where none stands) and the folded value without quotes."""
    found = _SIGN.fullmatch(raw)
    sign, value = (found[1], found[2]) if found else ("", raw)
    return sign or "=", value.replace('"', "").casefold()


def _free(words: str) -> tuple[tuple[str, Test], ...]:
    """Match an advisory or an id as a whole, anything else as a part of what people read."""
    if is_cve(normal_id(words)):
        wanted = normal_id(words)
        return (
            (
                "advisories",
                lambda subject: (
                    wanted
                    in {
                        normal_id(name)
                        for name in (*subject.finding.advisories, subject.finding.rule)
                    }
                ),
            ),
        )
    if re.fullmatch(r"fnd-\d+", words):
        return (("id", lambda subject: words == finding_name(subject.finding.key).casefold()),)
    if re.fullmatch(r"grp-\d+", words):
        return (("group", lambda subject: words == group_name(subject.finding.group).casefold()),)
    return ()
