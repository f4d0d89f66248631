"""Small VEX documents, in each of the three formats."""

import json
from datetime import datetime

from tests.flows.reports import IMAGE, A, Flaw, day


def openvex(
    status: str = "not_affected",
    *flaws: Flaw,
    at: datetime | None = None,
    product: str = IMAGE,
    name: str = "",
    aliases: tuple[str, ...] = (),
    version: str | None = None,
) -> bytes:
    """Give one statement a flaw, by a supplier; without a product it is about the package itself."""
    statements = []
    for flaw in flaws or (A,):
        number = flaw.version if version is None else version
        purl = f"pkg:deb/debian/{flaw.package}{f'@{number}' if number else ''}"
        package: dict[str, object] = {"@id": purl}
        statements.append(
            {
                "vulnerability": {"name": name or flaw.cve, "aliases": list(aliases)},
                "products": [{"@id": product, "subcomponents": [package]} if product else package],
                "status": status,
                "justification": "vulnerable_code_not_in_execute_path",
                "impact_statement": "We never call it.",
            }
        )
    document = {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://example.org/vex-1",
        "author": "Sato Ltd",
        "timestamp": (at or day(1)).isoformat(),
        "version": 1,
        "statements": statements,
    }
    return json.dumps(document).encode()


def cyclonedx(state: str = "not_affected", flaw: Flaw = A, *, at: datetime | None = None) -> bytes:
    """Give the analysis of a package in an image."""
    return json.dumps(
        {
            "bomFormat": "CycloneDX",
            "specVersion": "1.5",
            "metadata": {
                "timestamp": (at or day(1)).isoformat(),
                "supplier": {"name": "Sato Ltd"},
                "component": {"type": "container", "name": IMAGE, "bom-ref": "image"},
            },
            "components": [
                {
                    "type": "library",
                    "name": flaw.package,
                    "version": flaw.version,
                    "purl": flaw.purl,
                    "bom-ref": "part",
                }
            ],
            "vulnerabilities": [
                {
                    "id": flaw.cve,
                    "analysis": {
                        "state": state,
                        "justification": "code_not_reachable",
                        "detail": "We never call it.",
                    },
                    "affects": [{"ref": "part"}],
                }
            ],
        }
    ).encode()


def csaf(
    status: str = "known_not_affected", flaw: Flaw = A, *, at: datetime | None = None
) -> bytes:
    """Give the status of a package as a component of an image."""
    helper = {"product_identification_helper": {"purl": flaw.purl}}
    return json.dumps(
        {
            "document": {
                "category": "csaf_vex",
                "csaf_version": "2.0",
                "publisher": {"category": "vendor", "name": "Sato Ltd"},
                "tracking": {"id": "S-1", "current_release_date": (at or day(1)).isoformat()},
            },
            "product_tree": {
                "full_product_names": [
                    {"product_id": "image", "name": IMAGE},
                    {"product_id": "package", "name": flaw.package, **helper},
                ],
                "relationships": [
                    {
                        "category": "default_component_of",
                        "product_reference": "package",
                        "relates_to_product_reference": "image",
                        "full_product_name": {"product_id": "both", "name": "both"},
                    }
                ],
            },
            "vulnerabilities": [
                {
                    "cve": flaw.cve,
                    "product_status": {status: ["both"]},
                    "flags": [
                        {
                            "label": "vulnerable_code_not_in_execute_path",
                            "product_ids": ["both"],
                        }
                    ],
                    "threats": [{"category": "impact", "details": "We never call it."}],
                }
            ],
        }
    ).encode()
