"""What the gate says that a file is meant for, whatever its kind; nothing of it is remembered."""

from pathlib import Path

from tesuri.flows.gates.evaluate_plan import evaluate_plan
from tesuri.flows.gates.evaluate_source import evaluate_template
from tesuri.flows.gates.gates import Gates
from tesuri.flows.gates.review_admission import review_admission
from tesuri.flows.gates.source_kinds import SourceKind, source_kind
from tesuri.model.control import GateReport, Point
from tesuri.model.errors import BadInput
from tesuri.wiring.gates import check_terraform


def judged_file(gates: Gates, data: bytes, place: Path, where: str, repository: str) -> GateReport:
    """Give the answer to a plan, a template, a manifest, a review or a Terraform file. **raises** BadInput for any other."""
    if b'"resource_changes"' in data or b'"planned_values"' in data:
        gate = gates.gate(Point.PLAN, repository=repository)
        return evaluate_plan(data, where=where, gate=gate)
    # Standard input has no name that tells.
    kind = source_kind(where if "." in where else f"{where}.yaml", data)
    match kind:
        case SourceKind.TERRAFORM:
            return check_terraform(
                gates,
                place.parent,
                [place.name],
                where=place.parent.as_posix(),
                repository=repository,
                fail_on_unknown=False,
            )
        case SourceKind.TEMPLATE:
            gate = gates.gate(Point.TEMPLATE, repository=repository)
            return evaluate_template(data, where=where, gate=gate)
        case SourceKind.MANIFEST:
            gate = gates.gate(Point.ADMISSION, repository=repository)
            return review_admission(data, where=where, gate=gate).report
        case SourceKind.UNRENDERED:
            raise BadInput(
                "This is a template, not a manifest: it holds {{ … }}.",
                where=where,
                remedy="Render it first, for example with `helm template`.",
            )
        case SourceKind.OTHER:
            raise BadInput(
                "The file is no plan, template, manifest or Terraform source, and no answer of a gate.",
                where=where,
                remedy="Give it the output of terraform show -json, or of tesuri check --format json.",
            )
