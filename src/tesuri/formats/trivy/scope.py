"""What the records of one entry of Trivy's `Results` have in common."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tesuri.untrusted.package_url import is_system_type
from tesuri.untrusted.shape import text

# Results that Trivy collects over a whole tree; their target is a heading, not a file.
_COLLECTED = frozenset(
    (
        "",
        "conda",
        "java",
        "kubernetes",
        "loose file license(s)",
        "node.js",
        "os packages",
        "php",
        "python",
        "ruby",
    )
)


@dataclass(frozen=True, slots=True)
class Scope:
    """What the records of one entry of `Results` have in common."""

    path: str = ""
    """Its target: a lock file, a manifest, an image with its system, or a heading."""
    file: str = ""
    """The target where it is a file; empty for system packages and headings."""
    type: str = ""
    is_system: bool = False
    """Whether it lists what a system's package manager installed; old reports name no class."""
    resource: str = ""
    """namespace/kind/name in a cluster report."""
    resource_type: str = ""
    target: str = ""


def scope_of(result: Mapping[str, object], outer: Scope) -> Scope:
    """Give the scope of one entry; `outer` is that of the resource which it belongs to."""
    path, kind, type_ = (text(result, key) for key in ("Target", "Class", "Type"))
    is_system = kind == "os-pkgs" or (not kind and is_system_type(type_))
    has_no_file = is_system or path.lower() in _COLLECTED
    return replace(
        outer, path=path, file="" if has_no_file else path, type=type_, is_system=is_system
    )
