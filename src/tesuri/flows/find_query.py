"""The query language of findings: `severity:>=high owner:payments due:<7d -has:waiver "free words"`.

Words are joined by and; values with commas by or; a minus turns a part around. What nobody can follow becomes
an error beside the rows and is left out, so that one wrong word never empties a page unsaid.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from tesuri.flows.query_fields import FIELDS, OPEN_WORDS, Subject, Test, Vocabulary, refuse
from tesuri.model.errors import BadInput
from tesuri.model.finding import Finding, State
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
    test: Test


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was read, with what nobody could follow of it."""

    text: str
    terms: tuple[Term, ...] = ()
    errors: tuple[QueryError, ...] = ()

    def matches(self, subject: Subject) -> bool:
        """Whether a finding fits every part."""
        return all(term.test(subject) is not term.is_negative for term in self.terms)

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
        return any(term.field == "is" and "exploited" in term.values for term in self.terms)

    def chooses(self, field: str, value: str) -> bool:
        """Whether the query names this value of a field."""
        return any(
            term.field == field and not term.is_negative and value.casefold() in term.values
            for term in self.terms
        )


def vocabulary_words(text: str, findings: Iterable[Finding]) -> dict[str, frozenset[str]]:
    """Give the values that some finding has, for the fields with open values that a query names."""
    named = unicodedata.normalize("NFKC", text).casefold()
    words: dict[str, set[str]] = {name: set() for name in OPEN_WORDS if f"{name}:" in named}
    if words:
        for finding in findings:
            for name, found in words.items():
                found.update(word.casefold() for word in OPEN_WORDS[name](finding) if word)
    return {name: frozenset(found) for name, found in words.items()}


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
    tests = tuple(FIELDS[name].make(sign, each, vocabulary) for each in values)
    return Term(name, values, is_negative, _any_of(tests))


def _divided(raw: str) -> tuple[str, str]:
    """Give the comparison sign (= where none stands) and the folded value without quotes."""
    found = _SIGN.fullmatch(raw)
    sign, value = (found[1], found[2]) if found else ("", raw)
    return sign or "=", value.replace('"', "").casefold()


def _any_of(tests: tuple[Test, ...]) -> Test:
    return tests[0] if len(tests) == 1 else lambda subject: any(test(subject) for test in tests)


def _free(words: str) -> Test:
    """Match an advisory or an id as a whole, anything else as a part of what people read."""
    if is_cve(normal_id(words)):
        wanted = normal_id(words)
        return lambda subject: (
            wanted
            in {normal_id(name) for name in (*subject.finding.advisories, subject.finding.rule)}
        )
    if re.fullmatch(r"(fnd|grp)-\d+", words):
        return lambda subject: (
            words
            in {
                finding_name(subject.finding.key).casefold(),
                group_name(subject.finding.group).casefold(),
            }
        )
    return lambda subject: words in _readable(subject.finding)


def _readable(finding: Finding) -> str:
    parts = (
        finding.title,
        finding.rule,
        finding.package,
        finding.asset,
        finding.path,
        finding.url,
        finding.resource,
        finding.service or "",
        *finding.advisories,
    )
    return unicodedata.normalize("NFKC", "\n".join(parts)).casefold()
