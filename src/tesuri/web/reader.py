"""Who reads: language, theme and team of a request, from its address, cookies and headers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode

from tesuri.model.identifiers import TeamId
from tesuri.wording.catalogue import Language
from tesuri.wording.phrases import Phrases, phrases_for


class Theme(StrEnum):
    """Ground of the pages; *system* leaves it to the browser."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


LANGUAGE_COOKIE = "tesuri_lang"
THEME_COOKIE = "tesuri_theme"
TEAM_COOKIE = "tesuri_team"
AS_OF = "as_of"
"""Parameter of an address that looks back; every link of such a page keeps it."""


@dataclass(frozen=True, slots=True)
class Visit:
    """The parts of a request that tell who reads."""

    path: str
    query: str
    cookies: Mapping[str, str]
    accept_language: str


@dataclass(frozen=True, slots=True)
class Reader:
    """One reader with the address that is being read."""

    language: Language
    theme: Theme
    team: TeamId | None
    path: str
    query: tuple[tuple[str, str], ...]
    zone: tzinfo | None = None

    @property
    def as_of(self) -> str:
        """The time that the address looks back to; empty for now."""
        return dict(self.query).get(AS_OF, "")

    @property
    def phrases(self) -> Phrases:
        """The reader's phrases."""
        return phrases_for(self.language, self.zone)

    def here(self, **changes: str | None) -> str:
        """Give the address of this page with some parameters changed; None drops one."""
        kept = [(name, value) for name, value in self.query if name not in changes]
        kept += [(name, value) for name, value in changes.items() if value is not None]
        return self.path + (f"?{urlencode(kept)}" if kept else "")


def reader_of(visit: Visit, *, zone: tzinfo | None = None) -> Reader:
    """Tell who reads: the address wins, then the cookie, then the browser's language."""
    query = tuple(parse_qsl(visit.query, keep_blank_values=True))
    asked = dict(query)
    language = _language(asked.get("lang"), visit)
    theme = _theme(asked.get("theme") or visit.cookies.get(THEME_COOKIE, ""))
    team = asked["team"] if "team" in asked else visit.cookies.get(TEAM_COOKIE, "")
    return Reader(language, theme, TeamId(team) if team else None, visit.path, query, zone)


def chosen_cookies(visit: Visit, reader: Reader) -> dict[str, str]:
    """Give the cookies to set: what the address asked for is kept for the next page."""
    asked = dict(parse_qsl(visit.query, keep_blank_values=True))
    cookies = {}
    if asked.get("lang") == reader.language:
        cookies[LANGUAGE_COOKIE] = reader.language.value
    if asked.get("theme") == reader.theme:
        cookies[THEME_COOKIE] = reader.theme.value
    if "team" in asked:
        cookies[TEAM_COOKIE] = reader.team or ""
    return cookies


def _language(asked: str | None, visit: Visit) -> Language:
    for word in (asked, visit.cookies.get(LANGUAGE_COOKIE)):
        if word in set(Language):
            return Language(word)
    for part in visit.accept_language.lower().split(","):
        word = part.split(";")[0].strip().split("-")[0]
        if word in set(Language):
            return Language(word)
    return Language.EN


def _theme(word: str) -> Theme:
    return Theme(word) if word in set(Theme) else Theme.SYSTEM
