"""Reduce the published CloudFormation schemas to the property names of our types: `python -m tools.resource_shapes`.

cfn-lint, a development dependency, carries the schemas as JSON. What is published with types of its own (a bucket's
policy) and what nobody publishes (the root user) is added from `resource_shapes.yaml` and marked as ours. The file that
it writes is committed; a test writes it again and compares.
"""

import importlib.util
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
SOURCE = Path(__file__).with_suffix(".yaml")
TARGET = ROOT / "src/tesuri/model/resource_shapes.py"

MOST_LEVELS = 9
"""Deeper properties, and those that contain themselves, are maps of any names."""

_POLICIES = (
    "PolicyDocument", "AssumeRolePolicyDocument", "KeyPolicy", "RepositoryPolicyText", "FileSystemPolicy",
    "AccessPolicies", "AccessPolicy", "ResourcePolicy", "PolicyText",
)  # fmt: skip
_HEADER = '''"""Property names of the resource types that controls and subjects know. Written by tools/resource_shapes.py.

Published names are those of AWS CloudFormation's resource schemas; `JOINED` and `OWN` are ours. A leaf is string,
integer, number, boolean, map (any names below) or policy; a list has one element. Read it with `resource_shape.py`.
"""

from collections.abc import Mapping
from typing import Final

'''


def published_schemas() -> Path:
    """Give the folder of the schemas inside cfn-lint, without importing it."""
    found = importlib.util.find_spec("cfnlint")
    if found is None or found.origin is None:
        raise SystemExit("cfn-lint is not installed: it carries the published schemas.")
    return Path(found.origin).parent / "data" / "schemas"


def rendered(schemas: Path, source: Path = SOURCE) -> str:
    """Give the text of the generated module."""
    declared = yaml.safe_load(source.read_text(encoding="utf-8"))
    index = json.loads((schemas / "providers" / "us-east-1.json").read_text(encoding="utf-8"))
    published = {
        name: _reduced(json.loads((schemas / "resources" / f"{index[name]}.json").read_bytes()))
        for name in _type_names(declared["published"])
    }
    date = json.loads((schemas / "version.json").read_text(encoding="utf-8"))["schema_date"][:10]
    parts = [
        _HEADER,
        f'PUBLISHED_ON: Final = "{date}"\n',
        _table("PUBLISHED", published),
        _table("JOINED", declared["joined"]),
        _table("OWN", declared["own"]),
    ]
    return "".join(parts)


def _type_names(declared: Mapping[str, list[str]]) -> Iterator[str]:
    for service, kinds in declared.items():
        yield from (f"AWS::{service}::{kind}" for kind in kinds)


def _table(name: str, shapes: Mapping[str, object]) -> str:
    lines = [f"\n{name}: Final[Mapping[str, str]] = {{\n"]
    for kind in sorted(shapes):
        text = json.dumps(shapes[kind], sort_keys=True, separators=(",", ":"))
        lines.append(f'    "{kind}": {_quoted(text)},\n')
    return "".join([*lines, "}\n"])


def _quoted(text: str) -> str:
    return f"'{text}'" if '"' in text else f'"{text}"'


def _reduced(schema: Mapping[str, object]) -> object:
    return _shape(schema, schema, name="", trail=())


def _shape(
    node: object, schema: Mapping[str, object], *, name: str, trail: tuple[str, ...]
) -> object:
    node, trail = _followed(node, schema, trail)
    is_policy = name in _POLICIES or (name == "Policy" and _kind(node) == "map")
    if is_policy and not _properties(node) and _kind(node) != "array":
        return "policy"
    if len(trail) > MOST_LEVELS * 2 or len(set(trail)) < len(trail):
        return "map"
    properties = _properties(node)
    if properties:
        return {
            key: _shape(part, schema, name=key, trail=(*trail, f"{len(trail)}"))
            for key, part in properties.items()
        }
    if _kind(node) == "array":
        return [_shape(node.get("items") or {}, schema, name=name, trail=(*trail, f"{len(trail)}"))]
    return _kind(node)


def _followed(
    node: object, schema: Mapping[str, object], trail: tuple[str, ...]
) -> tuple[dict[str, object], tuple[str, ...]]:
    current = node if isinstance(node, dict) else {}
    while isinstance(reference := current.get("$ref"), str):
        trail = (*trail, reference)
        found: object = schema
        for part in reference.removeprefix("#/").split("/"):
            found = found[part] if isinstance(found, dict) else {}
        current = found if isinstance(found, dict) else {}
    return current, trail


def _properties(node: Mapping[str, object]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key in ("oneOf", "anyOf", "allOf"):
        choices = node.get(key)
        for choice in choices if isinstance(choices, list) else []:
            found |= _properties(choice) if isinstance(choice, dict) else {}
    own = node.get("properties")
    return found | own if isinstance(own, dict) else found


def _kind(node: Mapping[str, object]) -> str:
    kind = node.get("type")
    kinds = [kind] if isinstance(kind, str) else kind if isinstance(kind, list) else []
    if "object" in kinds or not kinds:
        return "string" if not kinds and ("enum" in node or "pattern" in node) else "map"
    if "array" in kinds:
        return "array"
    return next((one for one in ("string", "integer", "number", "boolean") if one in kinds), "map")


def main() -> None:
    """Write the module."""
    TARGET.write_text(rendered(published_schemas()), encoding="utf-8")
    print(f"{TARGET.relative_to(ROOT)}: {TARGET.stat().st_size:,} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
