"""`tesuri check template` and `tesuri check commit`: what is written, before anything is planned."""

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from tesuri.cli.gates.baseline import BaselineOption, use_baseline
from tesuri.cli.gates.ending import finish
from tesuri.cli.gates.formats import GateFormat
from tesuri.cli.gates.git_files import files_of_revision, staged_files
from tesuri.cli.gates.kustomized import Kustomizations, Role
from tesuri.cli.gates.options import FailOnOption, FormatOption, OutputOption, RepositoryOption
from tesuri.cli.gates.policies import (
    AllNamespaces,
    Combined,
    PolicyChoice,
    PolicyData,
    PolicyFolders,
    PolicyNamespace,
    use_policies,
)
from tesuri.cli.lists.destinations import destinations
from tesuri.cli.named_file import read_file, shown_name
from tesuri.cli.state import Session, failed_files, session_of, tell
from tesuri.flows.gates.compare_baseline import Baseline
from tesuri.flows.gates.source_kinds import (
    SourceKind,
    refuse_broken,
    source_kind,
)
from tesuri.flows.waivers.judged_violations import violations_of
from tesuri.model.control import GateReport
from tesuri.model.errors import BadInput, Unsupported
from tesuri.subjects.terraform.endings import SOURCE_ENDINGS
from tesuri.wiring.gates import check_terraform


def template(
    context: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(help="CloudFormation templates, YAML or JSON; - is standard input."),
    ],
    *,
    repository: RepositoryOption = "",
    fail_on: FailOnOption = None,
    policy: PolicyFolders = None,
    data: PolicyData = None,
    namespace: PolicyNamespace = None,
    all_namespaces: AllNamespaces = False,
    form: FormatOption = None,
    output: OutputOption = None,
    baseline: BaselineOption = "",
) -> None:
    """Evaluate CloudFormation templates, as strictly as the budget demands.

    Parameters without a default, and what only a deployment knows, are unknown. Exits with 0 when nothing blocks, 1 when
    a control blocks, 2 when a file is no template; the other files are still evaluated.
    """
    written = destinations(form, output, GateFormat.TABLE)
    session = session_of(context)
    asked = PolicyChoice(policy or (), data or (), namespace or (), has_all=all_namespaces)
    use_policies(session, asked)
    use_baseline(session, baseline, subjects=len(files), repository=repository)
    reports: list[GateReport] = []
    is_failed = failed_files(
        files,
        lambda name, data: reports.append(
            session.gates.check_template(
                data, where=name, repository=repository, fail_on_unknown=fail_on is not None
            )
        ),
    )
    finish(session, reports, written, is_failed=is_failed, is_one=len(files) == 1)


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
    repository: RepositoryOption = "",
    fail_on: FailOnOption = None,
    policy: PolicyFolders = None,
    data: PolicyData = None,
    namespace: PolicyNamespace = None,
    all_namespaces: AllNamespaces = False,
    combine: Combined = False,
    form: FormatOption = None,
    output: OutputOption = None,
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

    With --policy, every other file that policies can read (YAML, JSON, Dockerfile, TOML, INI, XML, HCL …) is judged by its
    rules alone. Terraform needs the extra `terraform`; it is evaluated with the other files of its folder, and what is said is about
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
    written = destinations(form, output, GateFormat.TABLE)
    session = session_of(context)
    asked = PolicyChoice(policy or (), data or (), namespace or (), all_namespaces, combine)
    use_policies(session, asked)
    check = _Check(session, repository, is_failing=fail_on is not None)
    with staged_files() if staged else nullcontext((Path(), list(files or ()))) as (folder, names):
        use_baseline(session, baseline, subjects=len(names), repository=repository)
        if base:
            use_revision(session, base, names, repository)
        check.files(names, folder)
    _tell_counts(check)
    finish(session, check.reports, written, is_failed=check.is_failed, is_one=False)


def use_revision(session: Session, revision: str, names: Iterable[str], repository: str) -> None:
    """Let only what was added to some files since a revision decide; say what of the revision cannot be read.

    **raises** BadInput for a revision that Git does not know.
    """
    seen, session.seen = session.seen, None
    earlier = _Check(session, repository, is_failing=False, revision=revision)
    with files_of_revision(revision, names) as (folder, had):
        earlier.files(had, folder)
    parts = sum(len(report.unread) for report in earlier.reports)
    if parts:
        tell(f"In {revision}, {parts} parts cannot be read: what they hold counts as added since.")
    session.seen = seen
    session.baseline = Baseline.of(violations_of(earlier.reports))


def _tell_counts(check: "_Check") -> None:
    """Say which files were not judged, or not as they will be."""
    if check.others:
        tell(f"{check.others} of the files hold nothing that a control looks at")
    if check.unrendered:
        told = "are templates or patches of manifests: render them first, for example with"
        tell(f"{check.unrendered} of the files {told} `helm template` or `kustomize build`")
    if check.kustomized:
        told = "are resources of a kustomization, which is not applied: judge what"
        tell(f"{check.kustomized} of the files {told} `kustomize build` gives, too")


def _is_alone(place: Path) -> bool:
    """Say whether a file of values has no source of Terraform beside it, so that nothing reads it."""
    return ".tfvars" in place.name and not any(
        beside.name.endswith(SOURCE_ENDINGS) for beside in place.parent.iterdir()
    )


class _Check:
    """One look at the files of a commit."""

    def __init__(
        self, session: Session, repository: str, *, is_failing: bool, revision: str = ""
    ) -> None:
        self.reports: list[GateReport] = []
        self.is_failed = False
        self.others = 0
        self.unrendered = 0
        self.kustomized = 0
        """Manifests that a kustomization names as its resources."""
        self._session = session
        self._repository = repository
        self._is_failing = is_failing
        self._revision = revision
        self._combined: dict[str, bytes] = {}
        """What rules see at once."""

    def files(self, names: Iterable[str], below: Path) -> None:
        """Look at files; Terraform ones by folder, once for all of a folder."""
        folders: dict[Path, list[str]] = defaultdict(list)
        kustomizations = Kustomizations(below)
        for name in names:
            place = below / name
            try:
                data = read_file(str(place))
                kind = self._kind(name, data, place, kustomizations)
                self._combine(name, kind, data)
                if kind is SourceKind.TERRAFORM and not _is_alone(place):
                    folders[place.parent].append(place.name)
                elif kind is SourceKind.UNRENDERED:
                    self.unrendered += 1
                elif kind in (SourceKind.OTHER, SourceKind.TERRAFORM):
                    refuse_broken(name, data, where=shown_name(name))
                    self._look_at_other(name, data)
                else:
                    self._look(kind, data, shown_name(name))
            except (BadInput, Unsupported) as error:
                self._refuse(error, below)
        for folder, changed in sorted(folders.items()):
            try:
                self._look_at_folder(folder, changed, folder.relative_to(below))
            except (BadInput, Unsupported) as error:
                self._refuse(error, below)
        self._look_at_combined()

    def _look_at_combined(self) -> None:
        """Let the rules that see all files at once speak."""
        if self._combined:
            report = self._session.gates.check_combined(
                self._combined, repository=self._repository, fail_on_unknown=self._is_failing
            )
            self.reports.append(report)

    def _combine(self, name: str, kind: SourceKind, data: bytes) -> None:
        """Keep a file for the rules that see all at once."""
        policies = self._session.gates.policies
        if policies is None or not policies.is_combining or kind is SourceKind.UNRENDERED:
            return
        if kind is not SourceKind.OTHER or self._session.gates.asks_of(name, data):
            self._combined[shown_name(name)] = data

    def _kind(self, name: str, data: bytes, place: Path, known: Kustomizations) -> SourceKind:
        """Say what a file is; a patch of Kustomize is no object before it is rendered."""
        kind = source_kind(name, data)
        role = known.role_of(place) if kind is SourceKind.MANIFEST else Role.NONE
        self.kustomized += role is Role.RESOURCE
        return SourceKind.UNRENDERED if role is Role.PATCH else kind

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

    def _look_at_other(self, name: str, data: bytes) -> None:
        """Let policies judge a document that no control looks at; count everything else."""
        gates = self._session.gates
        if not gates.asks_of(name, data):
            self.others += 1
            return
        self.reports.append(
            gates.check_document(
                name,
                data,
                where=shown_name(name),
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

    def _refuse(self, error: BadInput | Unsupported, below: Path) -> None:
        self.is_failed = True
        # What Git had was written into a folder of its own, whose name tells nothing.
        error.where = error.where.removeprefix(f"{below}{os.sep}")
        if self._revision:
            told = f"In {self._revision}, the revision before the change: {error}"
            tell(f"{told} What it holds counts as added since.")
        else:
            tell(str(error))
