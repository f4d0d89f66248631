"""A site for taking reports in: the workspace, the store and the decision table, and nothing that gates or pages need.

Reports come all day, mostly small ones, and each command starts anew: what only a survey or a control needs is not
loaded here. `wiring/site.py` builds the whole site on top of it.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from tesuri.engines.ahead import ahead
from tesuri.flows.site.idle_tick import TickSummary, is_idle
from tesuri.model.errors import BadInput, Unavailable
from tesuri.model.workspace import Workspace
from tesuri.ports import Clock, ObjectStore
from tesuri.settings import (
    WORKSPACE_FILES,
    Settings,
    has_store,
    package_files,
    workspace_files,
)
from tesuri.triage.table import DecisionTable, read_table
from tesuri.untrusted.byte_source import Document
from tesuri.wiring.wall_clock import present

if TYPE_CHECKING:
    from tesuri.budgets.preset import Preset
    from tesuri.flows.intake.apply_vex import VexSummary
    from tesuri.flows.intake.ingest_report import IngestOptions, IngestSummary
    from tesuri.flows.intake.inspect_reports import InspectSummary
    from tesuri.flows.intake.preview_reports import Preview
    from tesuri.flows.site.tick import Known
    from tesuri.storage.store import SqlStore

_DEFAULT_TABLE: Final = "ssvc-deployer.yaml"
_PRESETS: Final = "budgets/presets"
_DEFAULT_PRESET: Final = "default.yaml"


@dataclass
class IntakeSite:
    """One workspace with its store. Nothing is read or opened before it is asked for."""

    settings: Settings
    clock: Clock = present

    @cached_property
    def workspace(self) -> Workspace:
        """Give what the folder declares. **raises** BadInput that lists every problem."""
        from tesuri.budgets.preset import read_presets  # noqa: PLC0415 - mostly a tick has nothing to do, and needs neither
        from tesuri.flows.site.load_workspace import load_workspace  # noqa: PLC0415 - as above

        files = workspace_files(self.settings)
        settings = [data for name, data in files.items() if name in WORKSPACE_FILES]
        # Nearly every workspace keeps to the default one, and the others cost 0.1 s.
        named = self.presets if any(b"preset" in data for data in settings) else ()
        shipped = package_files(_PRESETS)
        default = read_presets({_DEFAULT_PRESET: shipped[_DEFAULT_PRESET]})
        declared = load_workspace(files, default_objectives=default[0].objectives, presets=named)
        rules = package_files("triage")["rule_controls.tsv"].decode()
        lines = (line.partition("\t") for line in rules.splitlines())
        return replace(declared, rule_controls={rule: control for rule, _, control in lines})

    @cached_property
    def presets(self) -> "tuple[Preset, ...]":
        """Give the sets of objectives that come along, by name."""
        from tesuri.budgets.preset import read_presets  # noqa: PLC0415 - as above

        return read_presets(package_files(_PRESETS))

    @cached_property
    def store(self) -> "SqlStore":
        """Open the store, made and migrated when needed."""
        from tesuri.storage.database import open_engine  # noqa: PLC0415 - gates without a store need no SQL
        from tesuri.storage.store import SqlStore  # noqa: PLC0415 - as above

        return SqlStore(open_engine(self.settings.database_url.value))

    def readable(self) -> "SqlStore":
        """Give the store, or an empty one in memory: looking at a folder makes no files in it."""
        if "store" in self.__dict__ or self.has_store:
            return self.store
        from tesuri.storage.database import open_empty  # noqa: PLC0415 - gates without a store need no SQL
        from tesuri.storage.store import SqlStore  # noqa: PLC0415 - as above

        return SqlStore(open_empty())

    @property
    def has_store(self) -> bool:
        """Whether there is a store already; a SQLite file that nobody made yet is none."""
        return has_store(self.settings)

    @cached_property
    def table(self) -> DecisionTable:
        """Give the decision table that the workspace chose. **raises** BadInput for an unknown name."""
        own = [read_table(data, where=path) for path, data in self.workspace.triage_files]
        shipped = [
            read_table(data, where=name) for name, data in package_files("triage/tables").items()
        ]
        wanted = self.workspace.triage_table
        if not wanted:
            return read_table(package_files("triage/tables")[_DEFAULT_TABLE], where=_DEFAULT_TABLE)
        for table in (*own, *shipped):
            if wanted in (table.name, table.title):
                return table
        raise BadInput(
            f"There is no decision table {wanted!r}.",
            where="tesuri.yaml",
            remedy=f"Known are: {', '.join(each.name for each in (*own, *shipped))}.",
        )

    def ingest(self, data: Document, *, where: str, options: "IngestOptions") -> "IngestSummary":
        """Take one report in."""
        from tesuri.flows.intake.ingest_report import ingest_report  # noqa: PLC0415 - the formats cost 0.3 s

        return ingest_report(
            data,
            where=where,
            store=self.store,
            workspace=self.workspace,
            table=self.table,
            now=self.clock(),
            options=options,
            ahead=ahead,
        )

    def inspect(self, data: Document, *, where: str, named: str = "") -> "InspectSummary":
        """Read a report without storing it; `named` is its format where its content does not tell it."""
        from tesuri.flows.intake.inspect_reports import inspect  # noqa: PLC0415 - as above

        return inspect(data, where=where, mappings=self.workspace.mappings, named=named)

    def preview(self, files: Iterable[tuple[str, Document]], options: "IngestOptions") -> "Preview":
        """Say what taking these files in would change; nothing is stored, and no store is made."""
        from tesuri.flows.intake.preview_reports import preview_reports  # noqa: PLC0415 - as above

        return preview_reports(
            files,
            store=self.readable(),
            workspace=self.workspace,
            table=self.table,
            now=self.clock(),
            options=options,
        )

    def apply_vex(self, data: bytes, *, where: str, target: str) -> "VexSummary":
        """Take the statements of a VEX document as decisions on findings."""
        from tesuri.flows.intake.apply_vex import apply_vex  # noqa: PLC0415 - as above

        return apply_vex(
            data,
            where=where,
            store=self.store,
            workspace=self.workspace,
            now=self.clock(),
            target=target,
        )

    def tick(self) -> TickSummary:
        """Do whatever is due; where that is nothing, not even the declared files are decoded."""
        now = self.clock()
        with self.store.read() as reader:
            if is_idle(reader, declared=self._declared, now=now):
                return TickSummary()
        from importlib.metadata import version  # noqa: PLC0415 - as below

        from tesuri.flows.site.tick import tick  # noqa: PLC0415 - mostly nothing is due, and it costs 0.3 s

        return tick(
            store=self.store,
            workspace=self.workspace,
            table=self.table,
            now=now,
            declared=self._declared,
            release=version("tesuri"),
            known=self.known(),
        )

    def known(self) -> "Known | None":
        """Give what was read of the store before; nothing where nothing was."""
        return None

    @cached_property
    def _declared(self) -> str:
        """Give a digest of everything that a tick is declared by, our own tables and presets too."""
        digest = hashlib.sha256()
        for files in (
            workspace_files(self.settings),
            package_files("triage/tables"),
            package_files(_PRESETS),
            {"rule_controls": package_files("triage")["rule_controls.tsv"]},
        ):
            for name, data in sorted(files.items()):
                digest.update(f"{name}\0{len(data)}\0".encode())
                digest.update(data)
        return digest.hexdigest()

    @cached_property
    def buckets(self) -> ObjectStore:
        """Give the buckets that a command names. **raises** Unavailable where the SDK of AWS is not installed."""
        try:
            from tesuri.clouds.aws.buckets import Buckets  # noqa: PLC0415 - its SDK is an extra
        except ModuleNotFoundError as error:
            raise Unavailable(
                "The SDK of AWS is not installed.",
                where="s3://",
                remedy="Install it with: pip install 'tesuri[aws]'.",
            ) from error
        return Buckets(self.settings.s3_endpoint_url.value)

    def close(self) -> None:
        """Give the store back."""
        if "store" in self.__dict__:
            self.store.close()
