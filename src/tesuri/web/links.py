"""Addresses of our own pages; ids are quoted, queries encoded."""

import re
from urllib.parse import quote, urlencode, urlsplit

from markupsafe import escape

from tesuri.model.identifiers import (
    ControlId,
    FindingKey,
    GroupKey,
    ObjectiveId,
    ServiceId,
    WaiverId,
    finding_name,
    group_name,
)

_TAG = re.compile(r"<(?:a|form)\b[^>]*>")
_OWN_PAGE = re.compile(
    r'((?:href|hx-get)=")(/(?:week|findings|services|slo|guardrails|waivers|evidence|[fgw]/)[^"#]*)'
)


def keep_as_of(page: str, as_of: str) -> str:
    """Give the page with the time that it looks back to in every address of our own that it leads to.

    A tag with `data-now` leads out of the past and is left alone.
    """
    asked = urlencode({"as_of": as_of})

    def kept(tag: re.Match[str]) -> str:
        whole = tag.group()
        if " data-now" in whole or "as_of=" in whole:
            return whole
        if whole.startswith("<form"):
            return f'{whole}<input type="hidden" name="as_of" value="{escape(as_of)}">'
        return _OWN_PAGE.sub(lambda found: f"{found[1]}{with_parameter(found[2], asked)}", whole)

    return _TAG.sub(kept, page)


def with_parameter(address: str, asked: str) -> str:
    """Give an address of markup with one more parameter, before its fragment."""
    place, mark, fragment = address.partition("#")
    return f"{place}{'&amp;' if '?' in place else '?'}{asked}{mark}{fragment}"


def finding_path(key: FindingKey) -> str:
    """Give the address of a finding: /f/FND-12."""
    return f"/f/{finding_name(key)}"


def group_path(key: GroupKey) -> str:
    """Give the address of a group: /f/GRP-12."""
    return f"/f/{group_name(key)}"


def findings_path(query: str = "", *, after: str = "") -> str:
    """Give the address of the findings that match a query."""
    asked = {name: value for name, value in (("q", query), ("after", after)) if value}
    return "/findings" + (f"?{urlencode(asked)}" if asked else "")


def term(field: str, value: str) -> str:
    """Give one part of a query: asset:shop, asset:"old shop"."""
    return f'{field}:"{value}"' if " " in value else f"{field}:{value}"


def toggled(query: str, field: str, value: str) -> str:
    """Give the query with one `field:value` added, or taken away when it is there already."""
    part = term(field, value)
    if f" {part} " in f" {query} ":
        return " ".join(f" {query} ".replace(f" {part} ", " ").split())
    return f"{query} {part}".strip()


def host_of(link: str) -> str:
    """Give the name of the site that a link leads to."""
    return urlsplit(link).hostname or link


def slo_path(objective: ObjectiveId, service: ServiceId | None = None) -> str:
    """Give the address of a budget."""
    tail = f"?{urlencode({'service': service})}" if service else ""
    return f"/slo/{quote(objective, safe='')}{tail}"


def guardrails_path(**words: str) -> str:
    """Give the address of the matrix, narrowed to some words."""
    return "/guardrails" + (f"?{urlencode(words)}" if words else "")


def control_path(control: ControlId) -> str:
    """Give the address of a control."""
    return f"/g/{quote(control, safe='')}"


def framework_path(framework: str) -> str:
    """Give the address of a framework."""
    return f"/evidence/{quote(framework, safe='')}"


def waiver_path(waiver: WaiverId) -> str:
    """Give the address of a waiver."""
    return f"/w/{quote(waiver, safe='')}"
