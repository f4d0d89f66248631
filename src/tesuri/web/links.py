"""Addresses of our own pages; ids are quoted, queries encoded."""

from urllib.parse import quote, urlencode, urlsplit

from tesuri.model.identifiers import (
    FindingKey,
    GroupKey,
    ObjectiveId,
    ServiceId,
    finding_name,
    group_name,
)


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
