"""A site for gates where there is no store: the workspace and the controls, and nothing that a survey needs.

A gate runs thousands of times a day on changes, and most of them have no store: what only a store or a page needs is
not loaded here. `wiring/site.py` builds the whole site.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Final

from tesuri.controls.catalogue import Catalogue
from tesuri.flows.gates.gates import Gates
from tesuri.flows.gates.judge_resources import PolicyOf
from tesuri.flows.gates.source_kinds import SourceKind
from tesuri.model.control import GateReport
from tesuri.model.gate_record import GateRecord
from tesuri.model.ownership import PolicyStanding
from tesuri.model.workspace import Workspace
from tesuri.settings import WORKSPACE_FILES, Settings, package_files, workspace_files
from tesuri.wiring.control_files import read_controls
from tesuri.wiring.wall_clock import present

_SPEAKING_OF_PRESETS: Final = (b"preset", b"exclusion")
"""Settings that are checked against objectives: those of a preset, and the window of the shortest."""


@dataclass
class GateSite(Gates):
    """One workspace without a store. Nothing is read before it is asked for."""

    settings: Settings
    clock: Callable[[], datetime] = present
    policies: None = None
    """Policies in Rego are asked by the whole site."""

    @cached_property
    def workspace(self) -> Workspace:
        """Give what the folder declares; its objectives count in a store only. **raises** BadInput."""
        files = workspace_files(self.settings)
        if not files:
            return Workspace()
        # A folder that declares nothing needs no reader of declarations, which costs 0.1 s.
        from tesuri.flows.site.load_workspace import load_workspace  # noqa: PLC0415 - see above

        settings = [data for name, data in files.items() if name in WORKSPACE_FILES]
        if not any(word in data for data in settings for word in _SPEAKING_OF_PRESETS):
            return load_workspace(files)
        from tesuri.budgets.preset import preset_named, read_presets  # noqa: PLC0415 - as above

        presets = read_presets(package_files("budgets/presets"))
        default = preset_named("default", presets).objectives
        return load_workspace(files, presets=presets, default_objectives=default)

    @cached_property
    def controls(self) -> Catalogue:
        """Give the shipped controls and the workspace's own, ready to run, by id."""
        return read_controls(self.settings, self.workspace.control_files)

    def policy(self, now: datetime) -> PolicyOf:
        """Give the state that the workspace declares for those without a budget."""
        del now
        return state_without_store(self.workspace)

    def exploited(self, now: datetime) -> frozenset[tuple[str, str, str]]:
        """Give no place: without a store nothing is known of findings."""
        del now
        return frozenset()

    def remember(self, report: GateReport) -> GateRecord | None:
        """Write nothing: there is no store."""
        del report
        return None


def state_without_store(workspace: Workspace) -> PolicyOf:
    """Give the policy state of every owner where no budget is known."""
    standing = PolicyStanding(workspace.default_policy_state, "no store, so no budget")
    return lambda _service: standing


def check_terraform(
    gates: Gates,
    folder: Path,
    files: Collection[str],
    *,
    where: str,
    repository: str,
    fail_on_unknown: bool,
) -> GateReport:
    """Say what the commit gate answers of these files of a folder of Terraform; nothing is remembered."""
    from tesuri.engines.terraform_source import (  # noqa: PLC0415 - its library is an extra
        read_terraform_folder,
    )
    from tesuri.flows.gates.evaluate_source import evaluate_terraform  # noqa: PLC0415 - plans need none of it

    read = read_terraform_folder(folder)
    gate = gates.commit_gate(SourceKind.TERRAFORM, repository, fail_on_unknown=fail_on_unknown)
    found = evaluate_terraform(read.tree, read.sources, where=where, gate=gate, files=files)
    return gates.answer(found)


def unpacked(data: bytes, *, where: str) -> bytes:
    """Give the content of a gzip file; other bytes as they are. **raises** BadInput when it is damaged."""
    from tesuri.feeds.gunzip import gunzipped  # noqa: PLC0415 - plans need none of it

    return gunzipped(data, where=where)
