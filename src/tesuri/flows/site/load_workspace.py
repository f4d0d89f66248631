"""Read everything that people declared into one workspace, or say everything that is wrong with it.

It takes paths with their content and gives one record; whoever calls it reads the folder. A file that it does
not know is named in the warnings, never passed over in silence. The kinds of file are described in
docs/workspace.md and checked in `routing.declared`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from typing import TypeVar

from tesuri.budgets.assignment import unused_objectives
from tesuri.budgets.objective_file import read_objectives
from tesuri.budgets.preset import Preset, preset_named
from tesuri.expressions.compile import compile_expression
from tesuri.flows.site.time_zones import named_zone
from tesuri.model.errors import BadInput
from tesuri.model.objective import Objective, PolicyState
from tesuri.model.severity import Severity
from tesuri.model.waiver import Waiver
from tesuri.model.workspace import LONGEST_WAIVER_SECONDS, Workspace
from tesuri.routing.declared import kinds, references, rules
from tesuri.routing.declared.collect import Collection, Document, Placed, PlacedFault
from tesuri.routing.declared.fields import Fault, Record, duration_seconds, faults_in
from tesuri.routing.declared.files import (
    SETTINGS,
    SortedFiles,
    file_stem,
    is_in_folder,
    sort_files,
)
from tesuri.routing.declared.records import (
    asset_from,
    effort_from,
    exclusions_from,
    incident_from,
    journey_from,
    minutes_of,
    ownership_from,
    service_from,
    team_from,
    waiver_from,
)
from tesuri.routing.declared.refusal import refusal
from tesuri.routing.declared.tables import inventory_document
from tesuri.triage.table import read_table
from tesuri.untrusted.csv_document import read_csv
from tesuri.untrusted.json_document import read_json
from tesuri.untrusted.shape import join_pointer, mapping, text, texts
from tesuri.untrusted.yaml_document import read_yaml

RecordT = TypeVar("RecordT")


@dataclass(slots=True)
class _Loading:
    """One loading: the files, and what was found so far."""

    files: Mapping[str, bytes]
    sorted: SortedFiles
    found: Collection = field(default_factory=Collection)

    def documents(self, kind: str) -> list[Document]:
        """Decode the files of one kind; a file that cannot be decoded is kept as a fault."""
        decoded = (self._document(path) for path in self.sorted.of(kind))
        return [document for document in decoded if document is not None]

    def records(
        self, kind: str, expected: Record, build: Callable[[Placed[object]], RecordT]
    ) -> tuple[Placed[RecordT], ...]:
        """Read every record of one kind; what is wrong is kept as faults."""
        return self.found.records(kind, self.documents(kind), expected, build)

    def contents(self, kind: str) -> tuple[tuple[str, bytes], ...]:
        """Give the files of a kind that another package reads."""
        return tuple((path, self.files[path]) for path in self.sorted.of(kind))

    def refuse(self, error: BadInput, path: str) -> None:
        """Keep an error of another reader as a fault of this file."""
        file, _, pointer = error.where.partition("#")
        fault = Fault(pointer, error.what, error.remedy)
        self.found.faults.append(PlacedFault(file or path, fault))

    def _document(self, path: str) -> Document | None:
        content = self.files[path]
        try:
            if path.endswith(".csv"):
                document, faults = inventory_document(read_csv(content, where=path), file=path)
                self.found.faults.extend(faults)
                return document
            read = read_json if path.endswith(".json") else read_yaml
            value = read(content, where=path)
        except BadInput as error:
            self.refuse(error, path)
            return None
        default_id = file_stem(path) if is_in_folder(path) else ""
        return Document(path, [] if value is None else value, default_id)


def load_workspace(
    files: Mapping[str, bytes],
    *,
    default_objectives: Sequence[Objective] = (),
    presets: Sequence[Preset] = (),
) -> Workspace:
    """Give the workspace that files declare, by path relative to it; no file at all is valid.

    `presets` are those that `preset:` in tesuri.yaml may name.

    **raises** BadInput that lists every problem of every file, at most 20 of them.
    """
    loading = _Loading(files, sort_files(files))
    settings = _settings(loading)
    zone = _zone(settings, loading.found)
    workspace = _with_settings(settings, zone)
    workspace = _with_estate(workspace, loading)
    preset = _chosen_preset(settings, presets, loading.found)
    workspace = _with_objectives(workspace, loading, preset, default_objectives)
    workspace = _with_history(workspace, loading, zone)
    workspace = _with_foreign_files(workspace, loading, settings)
    references.check_settings(settings, loading.found)
    _check_exclusions(workspace, settings, loading.found)
    if loading.found.faults:
        raise refusal(loading.found.faults, files)
    return workspace


def _settings(loading: _Loading) -> Placed[object]:
    """Give the checked settings; empty ones where there are none, or where they have faults."""
    documents = loading.documents(SETTINGS)
    for surplus in documents[1:]:
        what = f"The settings are declared twice, also in {documents[0].file}."
        loading.found.add(surplus.file, [Fault("", what, "Keep one of the two files.")])
    if not documents:
        return Placed("tesuri.yaml", "", {})
    first = documents[0]
    # Nothing at all declares nothing; a list that is written there is a mistake.
    is_nothing = first.value == [] and b"[" not in loading.files[first.file]
    value = {} if is_nothing else first.value
    faults = list(faults_in(value, kinds.SETTINGS))
    loading.found.add(first.file, faults)
    return Placed(first.file, "", {} if faults else value)


def _zone(settings: Placed[object], found: Collection) -> tzinfo:
    """Give the zone in which dates of files are days: declared, else that of the language."""
    name = text(settings.record, "time_zone")
    if not name:
        name = "Asia/Tokyo" if text(settings.record, "language") == "ja" else "UTC"
    zone = named_zone(name)
    if zone is None and text(settings.record, "time_zone"):
        fault = Fault("/time_zone", f"No time zone has the name {name!r}.", "Use an IANA name.")
        found.faults.append(settings.fault(fault))
    return zone or UTC


def _with_settings(settings: Placed[object], zone: tzinfo) -> Workspace:
    declared = settings.record
    longest = {
        Severity(name): duration_seconds(text(duration))
        for name, duration in mapping(declared, "longest_waivers").items()
    }
    return Workspace(
        name=text(declared, "name"),
        name_ja=text(declared, "name_ja"),
        language=text(declared, "language") or "en",
        time_zone=text(declared, "time_zone"),
        triage_table=text(declared, "triage"),
        default_policy_state=PolicyState(text(declared, "default_policy_state") or "unknown"),
        fail_on_unknown=text(declared, "unknown") == "block",
        default_capacity_minutes=minutes_of(declared, "capacity"),
        ownership=ownership_from(mapping(declared, "ownership")),
        exclusions=exclusions_from(declared, zone),
        longest_waiver_seconds={**LONGEST_WAIVER_SECONDS, **longest},
        mappings=_mapping_texts(mapping(declared, "mappings")),
        rego={rule: text(control) for rule, control in mapping(declared, "rego").items()},
        feeds={name: text(path) for name, path in mapping(declared, "feeds").items()},
    )


def _with_estate(workspace: Workspace, loading: _Loading) -> Workspace:
    """Read what we run and who answers for it, and what fixes take."""
    found = loading.found
    teams = loading.records("team", kinds.TEAM, lambda raw: team_from(raw.record))
    services = loading.records("service", kinds.SERVICE, lambda raw: service_from(raw.record))
    journeys = loading.records("journey", kinds.JOURNEY, lambda raw: journey_from(raw.record))
    assets = loading.records(
        "asset", kinds.ASSET, lambda raw: asset_from(raw.record, source=raw.file)
    )
    efforts = loading.records(
        "effort", kinds.EFFORT, lambda raw: effort_from(raw.record, source=raw.file)
    )
    references.check_services(services, found)
    references.check_journeys(journeys, found)
    references.check_assets(assets, found)
    for effort in efforts:
        found.faults.extend(map(effort.fault, rules.effort_faults(effort.record)))
    return replace(
        workspace,
        teams={placed.record.id: placed.record for placed in teams},
        services={placed.record.id: placed.record for placed in services},
        journeys={placed.record.id: placed.record for placed in journeys},
        assets=tuple(sorted((placed.record for placed in assets), key=lambda asset: asset.id)),
        efforts=tuple(placed.record for placed in efforts),
    )


def _chosen_preset(
    settings: Placed[object], presets: Sequence[Preset], found: Collection
) -> Preset | None:
    """Give the preset that the settings name; what is wrong with the choice is kept as a fault."""
    name, table = text(settings.record, "preset"), text(settings.record, "triage")
    if not name:
        return None
    try:
        preset = preset_named(name, tuple(presets))
    except BadInput as error:
        found.faults.append(settings.fault(Fault("/preset", error.what, error.remedy)))
        return None
    if table and preset.table not in {"", table, table.partition(" ")[0]}:
        what = f"The preset {name} speaks of the outcomes of {preset.table}, not of {table}."
        remedy = f"Leave triage out, or write triage: {preset.table}."
        found.faults.append(settings.fault(Fault("/triage", what, remedy)))
    return preset


def _with_objectives(
    workspace: Workspace,
    loading: _Loading,
    preset: Preset | None,
    default_objectives: Sequence[Objective],
) -> Workspace:
    """Take own objectives first, then those of the preset that no own one of the same id replaces."""
    own = _own_objectives(loading)
    chosen = [each for each in preset.objectives if each.id not in own] if preset else []
    objectives = (*own.values(), *chosen)
    return replace(
        workspace,
        preset=preset.name if preset else "",
        triage_table=workspace.triage_table or (preset.table if preset else ""),
        objectives=objectives or tuple(default_objectives),
        warnings=tuple(unused_objectives(objectives)),
    )


def _own_objectives(loading: _Loading) -> Mapping[str, Objective]:
    declared: dict[str, Objective] = {}
    for path, content in loading.contents("objective"):
        try:
            objectives = read_objectives(content, where=path)
        except BadInput as error:
            loading.refuse(error, path)
            continue
        for objective in objectives:
            if objective.id in declared:
                what = f"The objective {objective.id!r} is declared twice."
                loading.found.add(path, [Fault("", what, "Remove one.")])
            declared[objective.id] = objective
    return declared


def _with_history(workspace: Workspace, loading: _Loading, zone: tzinfo) -> Workspace:
    """Read what was decided and what happened: waivers and incidents."""
    found = loading.found
    waivers = loading.records(
        "waiver", kinds.WAIVER, lambda raw: waiver_from(raw.record, zone, source=raw.file)
    )
    for waiver in waivers:
        faults = rules.waiver_faults(waiver.record, workspace.longest_waiver_seconds)
        found.faults.extend(map(waiver.fault, faults))
        _check_scope(waiver, found)
    incidents = loading.records(
        "incident",
        kinds.INCIDENT,
        lambda raw: (incident_from(raw.record, zone), texts(raw.record, "closed_by")),
    )
    for placed in incidents:
        incident, closed_by = placed.record
        found.faults.extend(map(placed.fault, rules.incident_faults(incident, closed_by)))
        found.refer("service", incident.service, placed, "/service")
    return replace(
        workspace,
        waivers=tuple(placed.record for placed in waivers),
        incidents=tuple(placed.record[0] for placed in incidents),
    )


def _check_scope(waiver: Placed[Waiver], found: Collection) -> None:
    if not waiver.record.scope:
        return
    try:
        compile_expression(waiver.record.scope, where=waiver.file, names=frozenset({"finding"}))
    except BadInput as error:
        fault = Fault("/scope", error.what, error.remedy)
        found.faults.append(waiver.fault(fault))


def _with_foreign_files(
    workspace: Workspace, loading: _Loading, settings: Placed[object]
) -> Workspace:
    """Keep the files that other packages read; own decision tables are read once to check them."""
    for path, content in loading.contents("triage"):
        try:
            read_table(content, where=path)
        except BadInput as error:
            loading.refuse(error, path)
    named = set(workspace.feeds.values())
    idle = [path for path in loading.sorted.of("feed") if path not in named]
    unused = (f"{path} was not read: feeds in tesuri.yaml does not name it." for path in idle)
    return replace(
        workspace,
        triage_files=loading.contents("triage"),
        control_files=loading.contents("control"),
        framework_files=loading.contents("framework"),
        mappings=_mappings(workspace, loading, settings),
        warnings=(*loading.sorted.warnings, *unused, *workspace.warnings),
    )


def _mappings(
    workspace: Workspace, loading: _Loading, settings: Placed[object]
) -> Mapping[str, Mapping[str, str]]:
    """Give the mappings of the settings and of mappings/<format>.yaml together."""
    found = dict(workspace.mappings)
    for name, declared in workspace.mappings.items():
        _check_mapping(declared, settings.file, join_pointer("/mappings", name), loading)
    for document in loading.documents("mapping"):
        path, name = document.file, document.default_id
        faults = list(faults_in(document.value, kinds.MAPPING))
        if name in found:
            faults.append(Fault("", f"The mapping {name!r} is declared twice.", "Remove one."))
        loading.found.add(path, faults)
        if not faults:
            fields = _mapping_texts({name: document.value})[name]
            _check_mapping(fields, path, "", loading)
            found[name] = fields
    return found


def _check_mapping(fields: Mapping[str, str], file: str, pointer: str, loading: _Loading) -> None:
    from tesuri.formats.generic.mapping import check_mapping  # noqa: PLC0415 - all formats: 0.2 s

    try:
        check_mapping(fields)
    except BadInput as error:
        loading.found.add(file, [Fault(pointer, error.what, error.remedy)])


def _mapping_texts(declared: Mapping[str, object]) -> dict[str, Mapping[str, str]]:
    return {
        name: {key: text(column) for key, column in mapping(fields).items()}
        for name, fields in declared.items()
    }


def _check_exclusions(workspace: Workspace, settings: Placed[object], found: Collection) -> None:
    windows = [objective.window_seconds for objective in workspace.objectives]
    faults = rules.exclusion_faults(workspace.exclusions, min(windows, default=None))
    found.faults.extend(map(settings.fault, faults))
