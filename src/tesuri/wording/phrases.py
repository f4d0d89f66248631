"""Phrases: one reader's language and zone, and everything that is written for that reader.

Message ids are the English sentences, with named holes: `phrases.gettext("{count} hidden", count="3")`.
A sentence kept in a table is marked with `msg`, so that the test of the catalogue finds it.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

from tesuri.wording import instants, spans
from tesuri.wording.catalogue import Language, translate, translate_said

_NUMBER_WORDS = ("Nothing", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


def msg(message: str) -> str:
    """Mark a sentence of a table as one to translate; gives it back unchanged."""
    return message


@dataclass(frozen=True, slots=True)
class Phrases:
    """Writes for one reader; times stand in `zone`."""

    language: Language
    zone: tzinfo

    def gettext(self, message: str, /, **holes: str) -> str:
        """Give a sentence in the reader's language with its holes filled."""
        text = translate(self.language, message)
        return text.format(**holes) if holes else text

    def pgettext(self, context: str, message: str) -> str:
        """Give a word that means different things elsewhere: Low as a severity."""
        return translate(self.language, message, context=context)

    def ngettext(self, one: str, many: str, count: int, /, **holes: str) -> str:
        """Give the sentence for a number; its hole {count} is filled with the number."""
        if self.language is Language.EN:
            text = one if count == 1 else many
        else:
            text = translate(self.language, one)
        return text.format(count=spans.number(count), **holes)

    def said(self, sentence: str) -> str:
        """Give a recorded English sentence in the reader's language where its form is known."""
        return translate_said(self.language, sentence)

    def pick(self, english: str, japanese: str) -> str:
        """Give a title that came in two languages; English where no Japanese came."""
        return japanese if self.language is Language.JA and japanese else english

    @property
    def gap(self) -> str:
        """What stands between two sentences or a number and its word."""
        return "" if self.language is Language.JA else " "

    def listed(self, parts: tuple[str, ...] | list[str]) -> str:
        """Join reasons: "a; b", "a。b"."""
        return ("。" if self.language is Language.JA else "; ").join(part for part in parts if part)

    def number_word(self, count: int) -> str:
        """Give a number that begins a title: Seven, 7; figures from ten up."""
        if self.language is Language.EN and 0 < count < len(_NUMBER_WORDS):
            return _NUMBER_WORDS[count]
        return spans.number(count)

    def instant(self, at: datetime, now: datetime | None = None) -> str:
        """Give a deadline in full: Thu 26 Nov 18:00, 11/26（木）18:00."""
        return instants.instant(at, self.language, zone=self.zone, now=now)

    def day(self, at: datetime | date, now: datetime | None = None) -> str:
        """Give the day with its weekday: Thu 26 Nov, 11/26（木）."""
        return instants.long_day(self._day(at), self.language, year=self._year(now))

    def short_day(self, at: datetime | date, now: datetime | None = None) -> str:
        """Give the day alone: 26 Nov, 11/26."""
        return instants.short_day(self._day(at), self.language, year=self._year(now))

    def days(self, start: date, end: date) -> str:
        """Give a run of days, inclusive: 23 to 29 November."""
        return instants.day_range(start, end, self.language)

    def clock(self, at: datetime) -> str:
        """Give the time of day with its zone: 09:36 JST."""
        return f"{instants.clock_time(at, self.zone)} {at.astimezone(self.zone).tzname()}"

    def due(self, at: datetime, now: datetime) -> str:
        """Give a deadline in a narrow column: today 18:00, Thu 18:00, 2 Dec; 34 h late once past."""
        if at <= now:
            return self.late(int((now - at).total_seconds()))
        days = (self._day(at) - self._day(now)).days
        time = instants.clock_time(at, self.zone)
        if days == 0:
            return self.gettext("today {time}", time=time)
        if days < 7:
            return f"{instants.weekday(self._day(at), self.language)} {time}"
        return self.short_day(at, now)

    def is_today(self, at: datetime, now: datetime) -> bool:
        """Whether it falls on the reader's today."""
        return self._day(at) == self._day(now)

    def moment(self, at: datetime, now: datetime) -> str:
        """Give an instant as short as it stays clear: 09:36 JST today, else Mon 23 Nov 09:36."""
        return self.clock(at) if self.is_today(at, now) else self.instant(at, now)

    def late(self, seconds: int) -> str:
        """Give lateness: 34 h late, 34時間超過; days from ten days up."""
        size = spans.coarse(seconds, self.language) if seconds >= 864_000 else self.hours(seconds)
        return self.gettext("{span} late", span=size)

    def ago(self, at: datetime, now: datetime) -> str:
        """Give a past instant: 2 h ago, 2時間前."""
        seconds = int((now - at).total_seconds())
        if seconds < 60:
            return self.gettext("just now")
        return self.gettext("{span} ago", span=spans.coarse(seconds, self.language))

    def ahead(self, at: datetime, now: datetime) -> str:
        """Give the time that is left: in 2 d 8 h, あと2日8時間."""
        seconds = int((at - now).total_seconds())
        return self.gettext("in {span}", span=spans.span(seconds, self.language))

    def work(self, minutes: int) -> str:
        """Give effort or capacity: 12.5 h, 12.5時間."""
        return spans.work(minutes, self.language)

    def hours(self, seconds: int) -> str:
        """Give budget, effort or lateness: 34 h, 34時間."""
        return spans.hours(seconds, self.language)

    def span(self, seconds: int) -> str:
        """Give a stretch of time in two units: 2 d 8 h."""
        return spans.span(seconds, self.language)

    def coarse(self, seconds: int) -> str:
        """Give a stretch of time in one unit: 31 h, 28 d."""
        return spans.coarse(seconds, self.language)

    def _day(self, at: datetime | date) -> date:
        return at.astimezone(self.zone).date() if isinstance(at, datetime) else at

    def _year(self, now: datetime | None) -> int | None:
        return self._day(now).year if now else None


def phrases_for(language: Language, zone: tzinfo | None = None) -> Phrases:
    """Give the phrases of a language; without a zone JST in Japanese and UTC in English."""
    default = instants.JAPAN if language is Language.JA else UTC
    return Phrases(language, zone or default)
