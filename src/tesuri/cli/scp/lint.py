"""How the remarks of `tesuri scp lint` are written: as a list, and as CI systems take them."""

import sys
from collections.abc import Sequence
from enum import StrEnum
from importlib.metadata import version
from typing import Final

from tesuri.cli.lists.destinations import Destination, write_each
from tesuri.cli.lists.output import OutputFormat
from tesuri.cli.scp.lists import lint_listing
from tesuri.cli.state import Session
from tesuri.exports.annotations import lint_annotations
from tesuri.exports.github_commands import render_github_commands
from tesuri.exports.gitlab_quality import render_gitlab_quality
from tesuri.exports.lint_junit import render_lint_junit
from tesuri.exports.lint_sarif import render_lint_sarif
from tesuri.flows.organization.lint_policies import LintReport


class LintFormat(StrEnum):
    """Formats of remarks."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    MARKDOWN = "markdown"
    SARIF = "sarif"
    JUNIT = "junit"
    GITHUB = "github"
    GITLAB = "gitlab"


LINT_FORMAT_HELP: Final = "How to write the remarks: as a list, as sarif or junit, or on the lines of a change (github, gitlab)."


def write_lint(
    session: Session, report: LintReport, asked: Sequence[Destination[LintFormat]]
) -> None:
    """Write the remarks in each format that was asked for."""
    write_each(session, asked, lambda form: _write(session, report, form))


def _write(session: Session, report: LintReport, form: LintFormat) -> None:
    if form.value in set(OutputFormat):
        listing = lint_listing(session.phrases, report)
        session.write(listing, OutputFormat(form.value))
    else:
        sys.stdout.write(_document(report, form))


def _document(report: LintReport, form: LintFormat) -> str:
    remarks = report.remarks
    if form is LintFormat.SARIF:
        found = render_lint_sarif(remarks, report.refused, version=version("tesuri"))
        return found.decode()
    if form is LintFormat.JUNIT:
        return render_lint_junit(remarks, report.refused, policies=report.policies)
    if form is LintFormat.GITHUB:
        return render_github_commands(lint_annotations(remarks))
    return render_gitlab_quality(lint_annotations(remarks)).decode()
