"""Cells that every feed has: a CVE id, a day, a probability."""

import re
from datetime import date

from tesuri.model.errors import BadInput
from tesuri.untrusted.instant import instant

_CVE = re.compile(r"CVE-\d{4}-\d{4,19}")
_CVE_INSIDE = re.compile(r"(?<![A-Za-z0-9])CVE-\d{4}-\d{4,19}(?!\d)", re.IGNORECASE)


def cve_cell(text: str) -> str:
    """Give the CVE id that a cell holds; empty when it holds something else."""
    plain = text.strip().upper()
    return plain if _CVE.fullmatch(plain) else ""


def cves_inside(text: str) -> tuple[str, ...]:
    """Give every CVE id in a longer text, each once, in order."""
    return tuple(dict.fromkeys(found.upper() for found in _CVE_INSIDE.findall(text)))


def day_cell(value: object) -> date | None:
    """Give the day of a date or a time in any common spelling; None when it is neither."""
    text = value.strip() if isinstance(value, str) else ""
    if re.fullmatch(r"\d{4}[-./]\d{1,2}[-./]\d{1,2}", text):
        year, month, day = (int(part) for part in re.split("[-./]", text))
        try:
            return date(year, month, day)
        except ValueError:
            return None
    found = instant(text) if text else None
    return found.date() if found else None


def share_cell(text: str) -> float | None:
    """Give a probability between 0 and 1, also when written as a percentage; None when it is none."""
    plain = text.strip()
    divisor = 100 if plain.endswith("%") else 1
    try:
        share = float(plain.rstrip("% ")) / divisor
    except ValueError:
        return None
    return share if 0 <= share <= 1 else None


def need_day(found: date | None, *, where: str) -> date:
    """Give the day of a feed's copy.

    **raises** BadInput when neither the file nor the user says it.
    """
    if found is None:
        raise BadInput(
            "The file does not say of which day it is.",
            where=where,
            remedy="Name the day with --as-of, as 2026-07-16.",
        )
    return found
