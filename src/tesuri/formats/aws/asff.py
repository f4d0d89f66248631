"""The AWS Security Finding Format: what Security Hub holds of its own checks and of every product that reports to it.

Suppressed, resolved and archived records are suppressed here, passed checks are no findings, and a check that could
not run (NOT_AVAILABLE) is skipped and shown. What is in a finding of each product: `aws.asff_finding`.

**source** https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-syntax.html
"""

from collections.abc import Iterator, Mapping

from tesuri.formats.aws.asff_finding import observation_of
from tesuri.formats.aws.entries import entries_of, first_findings, is_last_page
from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import Informational, Record, Report, Skipped, Suppressed
from tesuri.untrusted.instant import instant
from tesuri.untrusted.record_list import Entry, fields_of
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
    found = fields_of(lambda: entries_of(document), document)
    times = [time for entry in found if (time := instant(entry.get("UpdatedAt"))) is not None]
    accounts = sorted({text(entry, "AwsAccountId") for entry in found} - {""})
    products = sorted({_product(entry) for entry in found} - {""})
    tool = products[0] if len(products) == 1 else "securityhub"
    return Report(
        format="asff",
        version=text(found[0], "SchemaVersion") if found else "",
        tool=tool,
        tool_version="",
        target=accounts[0] if len(accounts) == 1 else "",
        configuration="",
        scanned_at=max(times, default=None),
        records=_records(document, has_many_accounts=len(accounts) > 1),
        # GuardDuty tells of events: that one is missing proves nothing.
        is_complete=is_last_page(document) and tool != "guardduty",
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
