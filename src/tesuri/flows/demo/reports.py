"""The report that a scanner of the demo company writes of one scan."""

from collections.abc import Sequence
from datetime import datetime

from tesuri.flows.demo.account_reports import prowler_report, table_report
from tesuri.flows.demo.calendar import Scan
from tesuri.flows.demo.code_reports import code_report, secret_report
from tesuri.flows.demo.faults import Fault, Leak, Misset, Noted, Vulnerable, Weak
from tesuri.flows.demo.image_reports import grype_report, trivy_report


def file_name(scan: Scan) -> str:
    """Give the name under which the report is taken in."""
    name = scan.target.rpartition("/")[2].partition(":")[0]
    return f"{scan.tool}/{name}.{'csv' if scan.is_table else 'json'}"


def report_of(scan: Scan, faults: Sequence[Fault], at: datetime) -> bytes:
    """Write the report that a scanner of the demo gives."""

    def of(kind: type) -> list[Fault]:
        return [
            fault
            for fault in faults
            if fault.target == scan.target
            and isinstance(fault.what, kind)
            and fault.is_seen_by(scan.tool, scan.age_days)
        ]

    match scan.tool:
        case "trivy":
            return trivy_report(scan.target, of(Vulnerable), at)
        case "grype":
            return grype_report(scan.target, of(Vulnerable), at)
        case "gitleaks":
            return secret_report(scan.target, of(Leak), at)
        case "prowler":
            return prowler_report(scan.target, of(Misset), at)
        case "semgrep" | "codeql":
            return code_report(scan.tool, scan.target, of(Weak), at)
        case _:
            return table_report(scan.tool, of(Noted))
