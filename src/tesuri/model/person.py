"""Who two written names mean: the rule that nobody approves what they asked for must survive spelling.

It errs on the side of the same person. It knows no directory: two spellings that share nothing are two people.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

_ADDRESS: Final = re.compile(r"[^\s<>()\",;:]+@[^\s<>()\",;:]+")
_TAG: Final = re.compile(r"\+[^@]*$")


def is_same_person(one: str, other: str) -> bool:
    """Whether two names may mean one person: case, width, spaces, accounts and mail addresses do not tell them apart.

    >>> is_same_person("Ana Tanaka <ana.tanaka@example.com>", "ANA  TANAKA")
    True
    >>> is_same_person("ana@example.com", "ken@example.com")
    False
    """
    return not _spellings(one).isdisjoint(_spellings(other))


def second_people(requester: str, approvers: Iterable[str]) -> tuple[str, ...]:
    """Give the approvers who are somebody, and somebody else than the requester."""
    return tuple(
        each for each in approvers if is_person(each) and not is_same_person(each, requester)
    )


def is_person(name: str) -> bool:
    """Whether a text names anybody at all."""
    return bool(_spellings(name))


def _spellings(name: str) -> frozenset[str]:
    """Give everything that a name may be known by: the words without their gaps, and the account of each address."""
    plain = _plain(name)
    found = {_letters(_ADDRESS.sub(" ", plain))}
    for address in _ADDRESS.findall(plain):
        found.add(_letters(_TAG.sub("", address.partition("@")[0])))
    return frozenset(found - {""})


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    # Marks that nobody sees tell no two people apart.
    return "".join(letter for letter in folded if unicodedata.category(letter) not in {"Cf", "Mn"})


def _letters(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())
