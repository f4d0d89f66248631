"""The AWS Security Finding Format: what Security Hub holds of its own checks and of every product that reports to it.

Suppressed, resolved and archived records are suppressed here, passed checks are no findings, and a check that could
not run (NOT_AVAILABLE) is skipped and shown. What is in a finding of each product: `aws.asff_finding`.

**source** https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-syntax.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from tesuri.formats.aws.asff_finding import observation_of
from tesuri.formats.aws.entries import entries_of, first_findings, pages_of
from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import Informational, Record, Report, Skipped, Suppressed
from tesuri.untrusted.instant import instant
from tesuri.untrusted.record_list import Entry
from tesuri.untrusted.shape import flag, mapping, shape_name, text

_SCHEMA = "2018-10-08"
_KEYS = frozenset({"AwsAccountId", "GeneratorId", "Severity", "Resources"})
_WORKFLOW = {"SUPPRESSED": "suppressed in Security Hub", "RESOLVED": "resolved in Security Hub"}


def _recognise(document: object) -> Likeness:
    found = first_findings(document)
    if any("ProductArn" in entry and text(entry, "SchemaVersion") == _SCHEMA for entry in found):
        return Likeness(100, ("SchemaVersion 2018-10-08", "ProductArn"))
    if any("ProductArn" in entry and len(entry.keys() & _KEYS) >= 3 for entry in found):
        return Likeness(90, ("ProductArn", "AwsAccountId, GeneratorId, Resources"))
    return Likeness(0)


def _read(document: object) -> Report:
    if not isinstance(document, (dict, list)):
        raise BadInput(f"An ASFF report is a mapping or a list, not {shape_name(document)}.")
    about = _survey(document)
    tool = about.products[0] if len(about.products) == 1 else "securityhub"
    return Report(
        format="asff",
        version=about.version,
        tool=tool,
        tool_version="",
        target=about.accounts[0] if len(about.accounts) == 1 else "",
        configuration="",
        scanned_at=about.updated_at,
        records=_records(document, has_many_accounts=len(about.accounts) > 1),
        # GuardDuty tells of events: that one is missing proves nothing.
        is_complete=about.is_last_page and tool != "guardduty",
    )


@dataclass(frozen=True, slots=True)
class _Survey:
    """What all findings of a file say together."""

    version: str
    accounts: tuple[str, ...]
    products: tuple[str, ...]
    updated_at: datetime | None
    is_last_page: bool


def _survey(document: object) -> _Survey:
    """Look at each finding once."""
    versions: dict[str, None] = {}
    accounts: set[str] = set()
    products: set[str] = set()
    latest: datetime | None = None
    is_last_page = True
    for has_more, entries in pages_of(document):
        is_last_page = is_last_page and not has_more
        for entry in entries:
            if isinstance(entry, Skipped):
                continue
            versions[text(entry.fields, "SchemaVersion")] = None
            accounts.add(text(entry.fields, "AwsAccountId"))
            products.add(_product(entry.fields))
            time = instant(entry.fields.get("UpdatedAt"))
            latest = max(filter(None, (latest, time)), default=None)
    return _Survey(
        version=next(iter(versions), ""),
        accounts=tuple(sorted(accounts - {""})),
        products=tuple(sorted(products - {""})),
        updated_at=latest,
        is_last_page=is_last_page,
    )


def _product(entry: Mapping[str, object]) -> str:
    """Give the product that made the finding, in lower case: securityhub, inspector, trivy or prowler."""
    fields = mapping(entry, "ProductFields")
    named = text(fields, "Product Name") or text(fields, "ProviderName")
    return (named or text(entry, "ProductArn").rpartition("/")[2]).lower()


def _records(document: object, *, has_many_accounts: bool) -> Iterator[Record]:
    for entry in entries_of(document):
        if isinstance(entry, Skipped):
            yield entry
        else:
            account = text(entry.fields, "AwsAccountId") if has_many_accounts else ""
            yield _record(entry, account)


def _record(entry: Entry, account: str) -> Record:
    fields, pointer = entry.fields, entry.pointer
    check = text(fields, "Compliance", "Status").upper()
    if check == "PASSED":
        return Informational(pointer, "passed")
    if flag(fields, "Sample"):
        return Informational(pointer, "a sample finding")
    seen = observation_of(entry, _product(fields), account)
    if not seen.rule:
        return Skipped(pointer, "the finding names neither advisory, control nor generator")
    if reason := _waived(fields):
        return Suppressed(pointer, reason, seen)
    if check == "NOT_AVAILABLE":
        return Skipped(pointer, f"{seen.rule} could not be checked")
    return seen


def _waived(fields: Mapping[str, object]) -> str:
    workflow = text(fields, "Workflow", "Status") or text(fields, "WorkflowState")
    if reason := _WORKFLOW.get(workflow.upper()):
        return reason
    return "archived" if text(fields, "RecordState").upper() == "ARCHIVED" else ""


FORMAT = Format(
    name="asff",
    title="AWS Security Finding Format",
    documents=("json", "jsonl"),
    recognise=_recognise,
    read=_read,
)
