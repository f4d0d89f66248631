"""Statements as CycloneDX 1.5 VEX: assets with the packages in them, and the analysis of each vulnerability.

**source** https://cyclonedx.org/docs/1.5/json/#vulnerabilities
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import orjson

from tesuri.exports.vex_product import content_digest, product_name, purl_of
from tesuri.model.vex import VexStatement, VexStatus

_STATES: Final = {
    VexStatus.NOT_AFFECTED: "not_affected",
    VexStatus.FIXED: "resolved",
    VexStatus.AFFECTED: "exploitable",
    VexStatus.UNDER_INVESTIGATION: "in_triage",
}
# The same meaning in the words of CycloneDX; what has no word there stays in the detail.
_JUSTIFICATIONS: Final = {
    "component_not_present": "code_not_present",
    "vulnerable_code_not_present": "code_not_present",
    "vulnerable_code_not_in_execute_path": "code_not_reachable",
    "inline_mitigations_already_exist": "protected_by_mitigating_control",
    **{
        word: word
        for word in (
            "requires_configuration",
            "requires_dependency",
            "requires_environment",
            "protected_by_compiler",
            "protected_at_runtime",
            "protected_at_perimeter",
        )
    },
}


def render_cyclonedx_vex(
    statements: Sequence[VexStatement], *, author: str, now: datetime
) -> bytes:
    """Give the document as indented JSON; its serial number follows from what it states, not from the time."""
    components = _components(statements)
    vulnerabilities = _vulnerabilities(statements)
    digest = content_digest([author, components, vulnerabilities])
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{UUID(hex=digest[:32], version=5)}",
        "version": 1,
        "metadata": {
            "timestamp": now.isoformat(),
            "tools": {"components": [{"type": "application", "name": "Tesuri"}]},
            "authors": [{"name": author}],
        },
        "components": components,
        "vulnerabilities": vulnerabilities,
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _components(statements: Sequence[VexStatement]) -> list[Mapping[str, object]]:
    parts: dict[str, dict[str, Mapping[str, object]]] = defaultdict(dict)
    for each in statements:
        inside = parts[each.product]
        package = each.package
        if package is None:
            continue
        purl = purl_of(package)
        named = {
            "group": package.namespace,
            "name": package.name,
            "version": package.version,
            "purl": purl,
        }
        inside[_reference(each)] = {
            "type": "library",
            "bom-ref": _reference(each),
            **{key: value for key, value in named.items() if value},
        }
    return [
        {
            "type": "application",
            "bom-ref": product_name(product),
            "name": product,
            **({"components": list(inside.values())} if inside else {}),
        }
        for product, inside in parts.items()
    ]


def _reference(statement: VexStatement) -> str:
    """Give the reference of the package in its asset; of the asset itself where it is about all of it."""
    asset, package = product_name(statement.product), statement.package
    if package is None:
        return asset
    plain = "/".join(part for part in (package.ecosystem, package.namespace, package.name) if part)
    return f"{asset}|{purl_of(package) or f'{plain}@{package.version}'}"


def _vulnerabilities(statements: Sequence[VexStatement]) -> list[Mapping[str, object]]:
    grouped: dict[tuple[object, ...], list[VexStatement]] = defaultdict(list)
    for each in statements:
        names = (each.vulnerability, each.advisories)
        grouped[(*names, each.status, each.justification, each.text)].append(each)
    return [_vulnerability(members) for members in grouped.values()]


def _vulnerability(members: Sequence[VexStatement]) -> Mapping[str, object]:
    first = members[0]
    aliases = [name for name in first.advisories if name != first.vulnerability]
    affects = sorted({_reference(each) for each in members})
    return {
        "bom-ref": content_digest([first.vulnerability, first.status, first.text, affects])[:32],
        "id": first.vulnerability,
        **(
            {
                "references": [
                    {"id": name, "source": {"name": name.partition("-")[0]}} for name in aliases
                ]
            }
            if aliases
            else {}
        ),
        "analysis": _analysis(members),
        "affects": [{"ref": reference} for reference in affects],
    }


def _analysis(members: Sequence[VexStatement]) -> Mapping[str, object]:
    first = members[0]
    given = first.justification if first.status is VexStatus.NOT_AFFECTED else ""
    justification = _JUSTIFICATIONS.get(given, "")
    detail = " ".join(part for part in ("" if justification else given, first.text) if part)
    times = [each.stated_at for each in members if each.stated_at is not None]
    return {
        "state": _STATES[first.status],
        **({"justification": justification} if justification else {}),
        **({"detail": detail} if detail else {}),
        **({"lastUpdated": max(times).isoformat()} if times else {}),
    }
