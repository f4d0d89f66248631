"""Write docs/resource-types.md: what controls can name, and where it comes from: `python -m tools.resource_types`."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import orjson

from tesuri.model.resource import Unknown
from tesuri.model.resource_shape import is_published, resource_shape, resource_types
from tesuri.model.resource_shapes import JOINED, PUBLISHED_ON
from tesuri.subjects.aws import security_group
from tesuri.subjects.aws.documented_defaults import DEFAULTS
from tesuri.subjects.terraform import security_groups
from tesuri.subjects.terraform.types.index import MAPPINGS

PAGE = Path(__file__).resolve().parents[1] / "docs" / "resource-types.md"

_HEAD = """# Resource types

Every type that a control can name with checked properties, written by `python -m tools.resource_types`. Property names are those of the
resource schemas that AWS published on {date}; templates give all of them. *Ours* are names of properties that AWS publishes as
types of their own, and of types that it does not publish. A default is what a plan, source or template gets when nobody says
otherwise; `?` is unknown. An absent list is an empty one. How resources are made is in [subjects](subjects.md).

{mapped} Terraform types become {targets} of these {types} types.

| type | from Terraform | ours | defaults |
|---|---|---|---|
"""


def page() -> str:
    """Give the text of the page."""
    sources = _sources()
    head = _HEAD.format(
        date=PUBLISHED_ON,
        mapped=sum(len(found) for found in sources.values()),
        targets=len(sources),
        types=len(list(resource_types())),
    )
    return head + "".join(_row(kind, sources.get(kind, [])) for kind in resource_types())


def _sources() -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for mapping in MAPPINGS.values():
        found.setdefault(mapping.target, []).append(mapping.source)
    groups = sorted(security_groups.GROUP_TYPES | security_groups.RULE_TYPES)
    found[security_group.TYPE] = groups
    return found


def _row(kind: str, sources: list[str]) -> str:
    ours = sorted(orjson.loads(JOINED[kind])) if kind in JOINED else []
    if not is_published(kind):
        ours = sorted(resource_shape(kind) or {})
    cells = (
        f"`{kind}`",
        ", ".join(f"`{source}`" for source in sources),
        ", ".join(f"`{name}`" for name in ours),
        ", ".join(_defaults(kind)),
    )
    return f"| {' | '.join(cells)} |\n"


def _defaults(kind: str) -> Iterator[str]:
    for path, value in DEFAULTS.get(kind, {}).items():
        shown = orjson.dumps(value, default=_shown).decode().replace('"?"', "?")
        yield f"`{path}` = `{shown}`"


def _shown(value: object) -> str:
    assert isinstance(value, Unknown)
    return "?"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
