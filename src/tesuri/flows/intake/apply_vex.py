"""Take the statements of a VEX document as decisions on findings that are known.

Not affected and fixed close a finding as not affected, with the author and the reason; scans do not reopen it. A later
statement that it is affected or under investigation does, where a statement had closed it. What people
decided stays. The latest statement about a finding counts; one that is about no finding is shown.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tesuri.flows.intake.inspect_reports import detect
from tesuri.flows.intake.judge_statements import VexEffect, VexRow, judge, time_of
from tesuri.formats.cyclonedx.xml_form import as_json_shape
from tesuri.model.errors import BadInput
from tesuri.model.finding import Finding
from tesuri.model.identifiers import FindingKey
from tesuri.model.observation import Kind
from tesuri.model.vex import VexDocument, VexStatement
from tesuri.model.workspace import Workspace
from tesuri.ports import Store, Writer
from tesuri.routing.targets import TargetIndex, asset_of_target, index_targets
from tesuri.triage.aliases import Aliases, linkable, normal_id
from tesuri.triage.masking import mask
from tesuri.triage.vex.csaf import read_csaf
from tesuri.triage.vex.cyclonedx import read_cyclonedx
from tesuri.triage.vex.match import asset_names, is_in_package
from tesuri.triage.vex.openvex import read_openvex
from tesuri.untrusted.shape import mapping
from tesuri.untrusted.xml_document import Element


@dataclass(frozen=True, slots=True)
class VexSummary:
    """What one document did; statements = matched + unmatched."""

    file: str
    format: str
    author: str
    statements: int
    matched: int
    rows: tuple[VexRow, ...]
    unmatched: tuple[VexStatement, ...]
    """Statements about no finding that is known."""
    skipped: tuple[tuple[str, str], ...]
    """Pointer and reason of what could not be read."""

    def count(self, effect: VexEffect) -> int:
        """Give how many findings had this effect."""
        return sum(row.effect is effect for row in self.rows)


def apply_vex(
    data: bytes, *, where: str, store: Store, workspace: Workspace, now: datetime, target: str = ""
) -> VexSummary:
    """Take the statements of a document in; `target` is the asset they are about, whatever product they name.

    **raises** BadInput when the file is no VEX document.
    """
    document = read_vex(data, where=where)
    author = mask(document.author) or document.format
    with store.write(now) as writer:
        known = _known(document, writer, workspace, target)
        stated: dict[FindingKey, tuple[Finding, VexStatement]] = {}
        unmatched = []
        for statement in document.statements:
            found = known.about(statement)
            if not found:
                unmatched.append(statement)
            for finding in found:
                before = stated.get(finding.key)
                if before is None or time_of(statement, now) >= time_of(before[1], now):
                    stated[finding.key] = (finding, statement)
        verdicts = judge(stated, author, writer, now)
        writer.append(verdicts.events)
    return VexSummary(
        file=where,
        format=document.format,
        author=author,
        statements=len(document.statements),
        matched=len(document.statements) - len(unmatched),
        rows=tuple(verdicts.rows),
        unmatched=tuple(unmatched),
        skipped=tuple((each.pointer, mask(each.reason)) for each in document.skipped),
    )


def read_vex(data: bytes, *, where: str) -> VexDocument:
    """Give the statements that the bytes hold. **raises** BadInput when they are no VEX document."""
    detected = detect(data, where=where)
    document = detected.document
    try:
        if detected.format.name == "openvex":
            return read_openvex(document)
        if detected.format.name == "csaf":
            return read_csaf(document)
        if detected.format.name == "cyclonedx":
            if isinstance(document, Element):
                document = as_json_shape(document)
            return read_cyclonedx(mapping(document))
    except BadInput as error:
        raise BadInput(error.what, where=f"{where}: {error.where}", remedy=error.remedy) from error
    raise BadInput(
        f"This is a report of {detected.format.title}, which states nothing about findings.",
        where=where,
        remedy="Give OpenVEX, CycloneDX or CSAF; take reports in with: tesuri ingest",
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """Current findings by the canonical name of their vulnerability."""

    findings: Mapping[str, Sequence[Finding]]
    aliases: Aliases
    targets: TargetIndex
    target: str

    def about(self, statement: VexStatement) -> list[Finding]:
        """Give the findings that a statement is about."""
        given = map(normal_id, (statement.vulnerability, *statement.advisories))
        names = {self.aliases.canonical_of.get(name, name) for name in given}
        assets = self._assets(statement)
        told = [
            each
            for name in sorted(names)
            for each in self.findings.get(name, ())
            if (assets is None or each.asset in assets) and is_in_package(statement.package, each)
        ]
        return list({each.key: each for each in told}.values())

    def _assets(self, statement: VexStatement) -> set[str] | None:
        """Give the assets that the product may mean; None for a package wherever it is."""
        if self.target:
            return {asset_of_target(self.target, self.targets).id}
        if not statement.product and statement.package is not None:
            return None
        names = asset_names(statement.product) if statement.product else ()
        return {asset_of_target(mask(name), self.targets).id for name in names if name}


def _known(document: VexDocument, writer: Writer, workspace: Workspace, target: str) -> _Known:
    current = [
        each for each in writer.findings() if each.is_current and each.kind is Kind.VULNERABILITY
    ]
    names = {each.rule for each in current}
    names |= {each.vulnerability for each in document.statements}
    names.update(*(each.advisories for each in current))
    names.update(*(each.advisories for each in document.statements))
    aliases = writer.aliases(names)
    found: dict[str, list[Finding]] = defaultdict(list)
    for each in current:
        # What was merged goes by every name that some tool gave it.
        others = (aliases.canonical_of.get(name, name) for name in linkable(each.advisories))
        for name in {aliases.canonical(each.rule, each.advisories), *others} - {""}:
            found[name].append(each)
    return _Known(found, aliases, index_targets(workspace.assets), target)
