"""Spans, shares and numbers as people read them. Every rounding is towards zero and named here.

Exact values stay in the records; "248 h" may stand for 248.9 hours: what is left is never overstated.
"""

from fractions import Fraction

from tesuri.wording.catalogue import Language

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_UNITS_EN = {_DAY: " d", _HOUR: " h", _MINUTE: " min"}
_UNITS_JA = {_DAY: "日", _HOUR: "時間", _MINUTE: "分"}


def number(value: int) -> str:
    """Give a count with thousands apart: 1,482; a true minus sign below zero."""
    return f"{value:,}".replace("-", "−")


def tenths(value: Fraction) -> str:
    """Give a number cut after one digit; no digit when it is whole: 1.5, 12."""
    cut = int(abs(value) * 10)
    text = f"{cut // 10:,}" + (f".{cut % 10}" if cut % 10 else "")
    return f"−{text}" if value < 0 and cut else text


def rate(value: Fraction) -> str:
    """Give a ratio with exactly one digit, cut: 11.2, 7.0."""
    cut = int(abs(value) * 10)
    return ("−" if value < 0 and cut else "") + f"{cut // 10}.{cut % 10}"


def percent(share: Fraction, *, digits: int = 0) -> str:
    """Give a share as a percentage, cut after `digits`: 0.8999 is 89%, never 90%."""
    scale = 10**digits
    cut = int(abs(share) * 100 * scale)
    text = f"{cut // scale}" + (f".{cut % scale:0{digits}d}" if digits else "")
    return f"−{text}%" if share < 0 and cut else f"{text}%"


def hours(seconds: int, language: Language) -> str:
    """Give an amount of budget, effort or lateness in hours: 34 h, 0.5 h; minutes below 6.

    Whole hours from 10 up, one digit below.
    """
    sign, size = ("−" if seconds < 0 else ""), abs(seconds)
    if 0 < size < 6 * _MINUTE:
        return sign + _amount(max(1, size // _MINUTE), _MINUTE, language)
    amount = Fraction(size, _HOUR)
    text = number(int(amount)) if amount >= 10 else tenths(amount)
    return sign + text + ("時間" if language is Language.JA else " h")


def work(minutes: int, language: Language) -> str:
    """Give effort or capacity in hours with one digit at any size: 12.5 h."""
    text = tenths(Fraction(minutes, 60))
    return text + ("時間" if language is Language.JA else " h")


def span(seconds: int, language: Language) -> str:
    """Give a stretch of time in its two largest units: 2 d 8 h, 2日8時間; 0 min below a minute."""
    size = abs(seconds)
    if size >= _DAY:
        return _pair(size, _DAY, _HOUR, language)
    if size >= _HOUR:
        return _pair(size, _HOUR, _MINUTE, language)
    return _amount(size // _MINUTE, _MINUTE, language)


def coarse(seconds: int, language: Language) -> str:
    """Give a stretch of time in one unit: 31 h, 5 d, 41 min. Days begin at two."""
    size = abs(seconds)
    unit = _DAY if size >= 2 * _DAY else _HOUR if size >= _HOUR else _MINUTE
    return _amount(size // unit, unit, language)


def _pair(size: int, large: int, small: int, language: Language) -> str:
    first = _amount(size // large, large, language)
    rest = size % large // small
    if not rest:
        return first
    gap = "" if language is Language.JA else " "
    return first + gap + _amount(rest, small, language)


def _amount(count: int, unit: int, language: Language) -> str:
    units = _UNITS_JA if language is Language.JA else _UNITS_EN
    return f"{number(count)}{units[unit]}"
