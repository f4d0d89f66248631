"""`tesuri approve`: agree to exactly the violations of a change, for a while."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from tesuri.cli.gates.judged_file import judged_file
from tesuri.cli.gates.policies import (
    AllNamespaces,
    PolicyChoice,
    PolicyData,
    PolicyFolders,
    PolicyNamespace,
    use_policies,
)
from tesuri.cli.named_file import read_file, shown_name
from tesuri.cli.state import Session, session_of, tell
from tesuri.exports.waiver_file import moment_text, render_waiver_file
from tesuri.flows.waivers.approve_violations import Approval, Asked, approve_violations
from tesuri.flows.waivers.judged_violations import Judged, read_answers, violations_of
from tesuri.flows.waivers.renew_waiver import check_written
from tesuri.model.control import VerdictKind
from tesuri.model.errors import BadInput

FOLDER = "waivers"


_Files = Annotated[
    list[str],
    typer.Argument(
        help="Plans, templates, manifests or Terraform files; or the answer that tesuri check --format json "
        "wrote; - is standard input."
    ),
]
_Reason = Annotated[str, typer.Option(help="Why it may stay as it is.")]
_Approvers = Annotated[
    list[str], typer.Option("--by", help="Who approves; may repeat. Never the requester.")
]
_Requester = Annotated[str, typer.Option("--requested-by", help="Who asked.")]
_Days = Annotated[
    int | None,
    typer.Option(
        min=1, max=3_650, help="Life; 7 without, and never more than the severity allows."
    ),
]
_Compensating = Annotated[str, typer.Option(help="What protects meanwhile.")]
_Controls = Annotated[
    list[str] | None, typer.Option(help="Only violations of this control; may repeat.")
]
_Addresses = Annotated[
    list[str] | None, typer.Option(help="Only violations of this resource; may repeat.")
]
_Unknown = Annotated[
    bool, typer.Option("--unknown", help="Approve verdicts that nobody can tell, too.")
]
_Repository = Annotated[
    str, typer.Option(help="Repository of the change (owner/name), to find the owner by.")
]
_DryRun = Annotated[bool, typer.Option("--dry-run", help="Print the file instead of writing it.")]


def approve(
    context: typer.Context,
    files: _Files,
    *,
    reason: _Reason,
    approver: _Approvers,
    requester: _Requester,
    days: _Days = None,
    compensating: _Compensating = "",
    control: _Controls = None,
    address: _Addresses = None,
    unknown: _Unknown = False,
    repository: _Repository = "",
    policy: PolicyFolders = None,
    data: PolicyData = None,
    namespace: PolicyNamespace = None,
    all_namespaces: AllNamespaces = False,
    dry_run: _DryRun = False,
) -> None:
    """Approve exactly the violations of a change, for a while.

    Writes a waiver into the workspace's folder waivers/, to be reviewed and committed: it lists each violation by control,
    service, resource and the parts that violate. Every gate lets these pass, and their findings are waived, until it
    ends. One more violation in the same change, or in the same resource, blocks by itself and needs a waiver of its own; so
    does a message of a policy in Rego that says something else.

    What another waiver lets pass, and controls that always block, are left out and said. Exits with 2 when the requester
    approves, when the life is too long for the severity, or when nothing is left to approve.
    """
    session = session_of(context)
    asked = Asked(reason.strip(), requester, tuple(approver), days, compensating.strip())
    if not asked.reason:
        raise BadInput("The reason is empty.", where="--reason", remedy="Say why it may stay.")
    policies = PolicyChoice(policy or (), data or (), namespace or (), has_all=all_namespaces)
    use_policies(session, policies)
    found = [
        each
        for name in files
        for each in _violations(session, name, repository)
        if (unknown or each.verdict is VerdictKind.FAIL)
        and (not control or each.violation.control in control)
        and (not address or each.violation.address in address)
    ]
    site = session.site
    known = {each.violation.control: site.controls.named(each.violation.control) for each in found}
    approval = approve_violations(
        found,
        asked,
        workspace=site.workspace,
        controls={name: each.control for name, each in known.items() if each},
        now=site.clock(),
    )
    _keep(session, approval, is_dry=dry_run)
    _tell(approval)


def _keep(session: Session, approval: Approval, *, is_dry: bool) -> None:
    text = render_waiver_file(approval.waiver)
    place = f"{FOLDER}/{approval.waiver.id}.yaml"
    check_written(text, approval.waiver, where=place)
    if is_dry:
        typer.echo(text, nl=False)
    else:
        _write(session, place, text)
        typer.echo(place)


def _violations(session: Session, name: str, repository: str) -> Sequence[Judged]:
    data, where = read_file(name), shown_name(name)
    answers = read_answers(data, where=where)
    if answers is not None:
        return answers
    return violations_of([judged_file(session.gates, data, Path(name), where, repository)])


def _write(session: Session, place: str, text: str) -> None:
    workspace = session.site.settings.workspace
    if workspace.origin == "default":
        raise BadInput(
            "This folder is no workspace, so its waivers would not be read.",
            where=str(workspace.value),
            remedy="Write a tesuri.yaml, or name the folder with --workspace.",
        )
    path = workspace.value / place
    if path.exists():
        raise BadInput(
            "These violations were approved today already.",
            where=place,
            remedy="Review that file, or remove it first.",
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(text)


def _tell(approval: Approval) -> None:
    waiver = approval.waiver
    parts = sum(len(each.parts) for each in waiver.violations)
    tell(
        f"{waiver.id} covers {parts} violations of {len(waiver.violations)} resources and controls "
        f"until {moment_text(waiver.expires_at)}."
    )
    if approval.renewed:
        tell(f"It counts as renewal {waiver.renewals} of {approval.renewed}.")
    for each in approval.always_blocking:
        tell(f"Left out, since no waiver opens {each.violation.control}: {each.violation.address}.")
    if approval.waived:
        tell(f"Left out, since a waiver lets them pass already: {len(approval.waived)}.")
