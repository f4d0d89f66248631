"""Lint policies: each file by itself, and with an organization also how they are attached.

A file that holds no policy stops no other one; it is refused by name.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tesuri.controls.scp.lint import lint_policy
from tesuri.controls.scp.lint_organization import lint_organization
from tesuri.controls.scp.organization import NAMES, read_organization
from tesuri.model.errors import BadInput
from tesuri.model.scp import LintLevel, LintRemark


@dataclass(frozen=True, slots=True)
class LintReport:
    """What was looked at, and what was found."""

    policies: int
    remarks: tuple[LintRemark, ...]
    refused: tuple[str, ...]
    """A sentence for each file that holds no policy, or no organization."""

    def count(self, level: LintLevel) -> int:
        """Count the remarks of a level."""
        return sum(1 for remark in self.remarks if remark.level is level)


def lint_policies(files: Mapping[str, bytes]) -> LintReport:
    """Give the remarks about policy files, by name, in order."""
    remarks: list[LintRemark] = []
    refused: list[str] = []
    for name, data in files.items():
        try:
            remarks += lint_policy(data, where=name)
        except BadInput as error:
            refused.append(str(error))
    return LintReport(len(files), tuple(remarks), tuple(refused))


def lint_organization_files(files: Mapping[str, bytes], *, where: str) -> LintReport:
    """Give the remarks about every policy of an organization's folder, and about the tree."""
    policies = {
        f"{where}/{path}": data
        for path, data in files.items()
        if path.endswith(".json") and path not in NAMES
    }
    found = lint_policies(policies)
    name = next((each for each in NAMES if each in files), NAMES[0])
    try:
        organization = read_organization(files, where=where)
    except BadInput as error:
        refused = tuple(dict.fromkeys((*found.refused, str(error))))
        return LintReport(found.policies, found.remarks, refused)
    tree = lint_organization(organization, where=f"{where}/{name}")
    return LintReport(found.policies, (*found.remarks, *tree), found.refused)
