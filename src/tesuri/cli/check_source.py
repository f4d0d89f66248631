"""`tesuri check template` and `tesuri check commit`: what is written, before anything is planned."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from tesuri.cli.baseline import BaselineOption, added, added_since
from tesuri.cli.gate_answer import FailOnUnknown
from tesuri.cli.gate_ending import finish
from tesuri.cli.gate_formats import FORMAT_HELP, GateFormat
from tesuri.cli.git_files import files_of_revision, staged_files
from tesuri.cli.policies import (
    AllNamespaces,
    PolicyChoice,
    PolicyData,
    PolicyFolder,
    PolicyNamespace,
    use_policies,
)
from tesuri.cli.state import Session, failed_files, read_file, session_of, shown_name, tell
from tesuri.flows.source_kinds import SourceKind, refuse_broken, source_kind
from tesuri.gate_site import check_terraform
from tesuri.model.control import GateReport
from tesuri.model.errors import BadInput, Unsupported

_REPOSITORY = typer.Option(help="Repository of the change (owner/name), to find the owner by.")
_FAIL_ON = typer.Option(help="Block on verdicts that nobody can tell.")
_FORMAT = typer.Option("--format", help=FORMAT_HELP)


def template(
    context: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(help="CloudFormation templates, YAML or JSON; - is standard input."),
    ],
    *,
    repository: Annotated[str, _REPOSITORY] = "",
    fail_on: Annotated[FailOnUnknown | None, _FAIL_ON] = None,
    policy: PolicyFolder = "",
    data: PolicyData = None,
    namespace: PolicyNamespace = None,
    all_namespaces: AllNamespaces = False,
    form: Annotated[GateFormat, _FORMAT] = GateFormat.TABLE,
    baseline: BaselineOption = "",
) -> None:
    """Evaluate CloudFormation templates, as strictly as the budget demands.

    Parameters without a default, and what only a deployment knows, are unknown. Exits with 0 when nothing blocks, 1 when
    a control blocks, 2 when a file is no template; the other files are still evaluated.
    """
    session = session_of(context)
    asked = PolicyChoice(policy, data or (), namespace or (), has_all=all_namespaces)
    use_policies(session, asked)
    reports: list[GateReport] = []
    is_failed = failed_files(
        files,
        lambda name, data: reports.append(
            session.gates.check_template(
                data, where=name, repository=repository, fail_on_unknown=fail_on is not None
            )
        ),
    )
    reports = list(added(session, reports, baseline, repository))
    finish(session, reports, form, is_failed=is_failed, is_one=len(files) == 1)


def commit(
    context: typer.Context,
    files: Annotated[
        list[str] | None,
        typer.Argument(help="Changed files; those that no control looks at are counted."),
    ] = None,
    *,
    staged: Annotated[
        bool, typer.Option("--staged", help="Take what is staged in Git, as it is staged.")
    ] = False,
    repository: Annotated[str, _REPOSITORY] = "",
    fail_on: Annotated[FailOnUnknown | None, _FAIL_ON] = None,
    policy: PolicyFolder = "",
    data: PolicyData = None,
    namespace: PolicyNamespace = None,
    all_namespaces: AllNamespaces = False,
    form: Annotated[GateFormat, _FORMAT] = GateFormat.TABLE,
    baseline: BaselineOption = "",
    base: Annotated[
        str,
        typer.Option(
            "--base",
            help="Git revision before the change, such as origin/main: only what was added since decides.",
        ),
    ] = "",
) -> None:
    """Evaluate changed Terraform, CloudFormation and Kubernetes files before they are committed.

    Terraform needs the extra `terraform`; it is evaluated with the other files of its folder, and what is said is about
    the files that were named. Nothing is stored. Exits with 0 when nothing blocks, 1 when a control blocks, 2 when a file
    cannot be read. With --base REV only violations that this revision had not decide; what of it cannot be read was not there.
    """
    if base and baseline:
        raise BadInput(
            "What was there before comes from a file or from a revision.", where="--base"
        )
    if bool(files) == staged:
        raise BadInput(
            "Nothing says which files to look at.",
            remedy="Name the changed files, or give --staged.",
        )
    session = session_of(context)
    asked = PolicyChoice(policy, data or (), namespace or (), has_all=all_namespaces)
    use_policies(session, asked)
    check = _Check(session, repository, is_failing=fail_on is not None)
    names = _look_at(check, files, is_staged=staged)
    if base:
        earlier = _Check(session, repository, is_failing=False)
        with files_of_revision(base, names) as (folder, had):
            earlier.files(had, folder)
        reports = added_since(check.reports, earlier.reports)
    else:
        reports = added(session, check.reports, baseline, repository)
    finish(session, reports, form, is_failed=check.is_failed, is_one=False)


def _look_at(check: "_Check", files: Sequence[str] | None, *, is_staged: bool) -> Sequence[str]:
    """Look at the named files, or at the staged ones as they are staged; gives their names."""
    names: Sequence[str] = files or ()
    if is_staged:
        with staged_files() as (folder, names):
            check.files(names, folder)
    else:
        check.files(names, Path())
    if check.others:
        tell(f"{check.others} of the files hold nothing that a control looks at")
    return names


class _Check:
    """One look at the files of a commit."""

    def __init__(self, session: Session, repository: str, *, is_failing: bool) -> None:
        self.reports: list[GateReport] = []
        self.is_failed = False
        self.others = 0
        self._session = session
        self._repository = repository
        self._is_failing = is_failing

    def files(self, names: Iterable[str], below: Path) -> None:
        """Look at files; Terraform ones by folder, once for all of a folder."""
        folders: dict[Path, list[str]] = defaultdict(list)
        for name in names:
            place = below / name
            try:
                data = read_file(str(place))
                kind = source_kind(name, data)
                if kind is SourceKind.TERRAFORM:
                    folders[place.parent].append(place.name)
                elif kind is SourceKind.OTHER:
                    refuse_broken(name, data, where=shown_name(name))
                    self.others += 1
                else:
                    self._look(kind, data, shown_name(name))
            except (BadInput, Unsupported) as error:
                self._refuse(error)
        for folder, changed in sorted(folders.items()):
            try:
                self._look_at_folder(folder, changed, folder.relative_to(below))
            except (BadInput, Unsupported) as error:
                self._refuse(error)

    def _look(self, kind: SourceKind, data: bytes, where: str) -> None:
        self.reports.append(
            self._session.gates.check_source(
                kind,
                data,
                where=where,
                repository=self._repository,
                fail_on_unknown=self._is_failing,
            )
        )

    def _look_at_folder(self, folder: Path, changed: Sequence[str], shown: Path) -> None:
        self.reports.append(
            check_terraform(
                self._session.gates,
                folder,
                changed,
                where=shown_name(shown.as_posix()),
                repository=self._repository,
                fail_on_unknown=self._is_failing,
            )
        )

    def _refuse(self, error: Exception) -> None:
        self.is_failed = True
        tell(str(error))
