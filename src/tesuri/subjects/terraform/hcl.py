"""Terraform HCL, evaluated by tfparse, → the same canonical resources as its plan.

What tfparse cannot resolve is unknown. It leaves out blocks of `dynamic` and whole resources whose `for_each` it does
not know, without a word: the source text tells of them, so that nothing passes because it was not there.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from tesuri.model.resource import UNKNOWN, Change, Origin, Resource, Unread
from tesuri.subjects.aws.defaults import fill_defaults
from tesuri.subjects.aws.joins import joined
from tesuri.subjects.drafts import Draft, finished
from tesuri.subjects.kubernetes.neighbours import with_neighbours
from tesuri.subjects.planned import Planned
from tesuri.subjects.terraform.drafts import drafted, provider_draft, takes_tags
from tesuri.subjects.terraform.dynamic_blocks import lost_blocks
from tesuri.subjects.terraform.hcl_references import ADDRESS, HclReferences
from tesuri.subjects.terraform.kubernetes import kubernetes_objects
from tesuri.subjects.terraform.literals import completed, expressions, has_gap, literal
from tesuri.subjects.terraform.plan_document import PlannedResource
from tesuri.subjects.terraform.source_text import Dynamic, dynamics_of, resources_of
from tesuri.subjects.terraform.source_values import META, clean, made_up
from tesuri.untrusted.shape import at, items, join_pointer, mapping, text

_ARGUMENTS: Final = frozenset(
    {META, "count", "for_each", "provider", "providers", "depends_on", "lifecycle", "provisioner", "connection", "timeouts"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TerraformSource:
    """What a folder of HCL will make."""

    resources: tuple[Resource, ...]
    unread: tuple[Unread, ...]
    data_sources: int
    unmapped: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Source:
    """What the texts of a folder tell beside their evaluation."""

    texts: Mapping[str, str]
    lines: Mapping[str, list[str]]
    ids: Mapping[str, str]
    names: Mapping[str, Planned]
    """Module, a space and local.x or var.x → the value; of a variable what its call sets, else its default."""

    def within(self, module: str) -> Callable[[str], Planned]:
        """Give what names stand for in one module."""
        return lambda name: self.names.get(f"{module} {name}", UNKNOWN)

    def written(self, entry: object) -> Mapping[str, str]:
        """Give the attributes of a block as they are written."""
        lines = self.lines.get(text(entry, META, "filename"), [])
        first, last = _line(entry, "line_start"), _line(entry, "line_end")
        return expressions("\n".join(lines[first - 1 : last]))


def _source(tree: object, texts: Mapping[str, str]) -> _Source:
    ids = made_up(tree)
    names: dict[str, Planned] = {}
    for entry in items(tree, "locals"):
        module = text(entry, META, "path").removesuffix("locals").rstrip(".")
        for key, part in mapping(entry).items():
            names[f"{module} local.{key}"] = clean(part, ids)
    calls = {text(entry, META, "path"): mapping(entry) for entry in items(tree, "module")}
    given = "".join(one for file, one in texts.items() if ".tfvars" in file)
    for entry in items(tree, "variable"):
        module = text(entry, META, "path").rpartition("variable.")[0].rstrip(".")
        name = text(entry, META, "label")
        call = calls.get(module, {})
        if name in call:
            names[f"{module} var.{name}"] = clean(call[name], ids)
        elif "default" in mapping(entry) and (module or name not in given):
            default = mapping(entry)["default"]
            names[f"{module} var.{name}"] = None if default is None else clean(default, ids)
    return _Source(texts, {file: one.splitlines() for file, one in texts.items()}, ids, names)


def read_terraform_hcl(tree: object, sources: Mapping[str, str], *, where: str) -> TerraformSource:
    """Read what tfparse made of a folder, with the texts of its files."""
    declared: list[PlannedResource] = []
    documents: list[PlannedResource] = []
    by_id: dict[str, PlannedResource] = {}
    data_sources = 0
    source = _source(tree, sources)
    tags = _default_tags(tree, source.ids)
    for kind, entry in _entries(tree):
        one = _resource(kind, entry, source, where)
        if one is None:
            continue
        by_id[text(entry, "id")] = one
        if text(entry, META, "type") == "data":
            data_sources += 1
            documents.append(one)
        else:
            declared.append(_tagged(one, entry, source, tags) if tags else one)
    references = HclReferences(_raw(tree), by_id, source.written)
    objects = kubernetes_objects(declared, references)
    found = drafted(objects.others, references)
    drafts = joined([*found.drafts, *_providers(tree, where)])
    for draft in drafts:
        fill_defaults(draft)
    return TerraformSource(
        resources=(
            *(finished(draft) for draft in drafts),
            *with_neighbours(objects.resources, is_complete=False),
        ),
        unread=(*_left_out(tree, declared, sources, where), *objects.unread),
        data_sources=data_sources,
        unmapped=dict(found.unmapped),
    )


def _default_tags(tree: object, ids: Mapping[str, str]) -> Mapping[str, Planned]:
    """Give the tags that each AWS provider of the folder puts on everything, by its alias."""
    found: dict[str, Planned] = {}
    for entry in items(tree, "provider"):
        if text(entry, META, "label") == "aws" and at(entry, "default_tags") is not None:
            found[text(entry, "alias")] = clean(at(entry, "default_tags", "tags"), ids)
    return found


def _tagged(
    one: PlannedResource, entry: object, source: _Source, tags: Mapping[str, Planned]
) -> PlannedResource:
    """Give a resource with the tags of its provider, as a plan has them."""
    written = (
        source.written(entry).get("provider", "aws") if len(tags) > 1 or "" not in tags else "aws"
    )
    given = tags.get(written.partition(".")[2])
    own = one.values.get("tags", {})
    if not isinstance(given, dict) or not isinstance(own, dict) or not takes_tags(one.type):
        return one
    return replace(one, values={**one.values, "tags_all": {**given, **own}})


def _providers(tree: object, where: str) -> Iterator[Draft]:
    for entry in items(tree, "provider"):
        if text(entry, META, "label") == "aws":
            place = f"{where}/{text(entry, META, 'filename')}"
            values = clean(entry, {})
            written = values if isinstance(values, dict) else {}
            yield provider_draft("aws", written, Origin(place, _line(entry, "line_start")))


def _entries(tree: object) -> Iterator[tuple[str, object]]:
    for kind in mapping(tree):
        for entry in items(tree, kind):
            if text(entry, META, "type") in ("resource", "data"):
                yield kind, entry


def _raw(tree: object) -> Mapping[str, object]:
    return {text(entry, META, "path"): entry for _, entry in _entries(tree)}


def _resource(kind: str, entry: object, source: _Source, where: str) -> PlannedResource | None:
    address = text(entry, META, "path")
    match = ADDRESS.fullmatch(address)
    if match is None:
        return None
    file, line = text(entry, META, "filename"), _line(entry, "line_start")
    written = {key: part for key, part in mapping(entry).items() if key not in _ARGUMENTS}
    values = clean(written, source.ids)
    assert isinstance(values, dict)
    module = match["module"].rstrip(".")
    _complete(values, entry, source.lines.get(file, []), source.within(module))
    lines: dict[str, int] = {}
    _note_lines(entry, "", lines)
    is_data = bool(match["data"])
    for dynamic in dynamics_of(source.texts.get(file, ""), line, _line(entry, "line_end")):
        _mark(values, entry, dynamic, source.within(module))
    return PlannedResource(
        address=address,
        type=f"data.{kind}" if is_data else kind,
        name=match["name"],
        module=module,
        index=(match["index"] or "").strip("[]"),
        change=Change.EXISTS,
        values=values,
        is_complete=True,
        origin=Origin(f"{where}/{file}" if where else file, line),
        lines=lines,
    )


def _line(entry: object, key: str) -> int:
    found = at(entry, META, key)
    return found if isinstance(found, int) else 0


def _note_lines(node: object, pointer: str, lines: dict[str, int]) -> None:
    if isinstance(node, list):
        for number, part in enumerate(node):
            _note_lines(part, f"{pointer}/{number}", lines)
    elif isinstance(node, dict):
        if line := _line(node, "line_start"):
            lines[pointer] = line
        for key, part in node.items():
            if key != META and isinstance(part, dict | list):
                _note_lines(part, join_pointer(pointer, key), lines)


def _mark(
    values: dict[str, Planned],
    entry: object,
    dynamic: Dynamic,
    names: Callable[[str], Planned],
) -> None:
    """Add the blocks of a dynamic block that the evaluation lost, unknown where the source does not tell them."""
    place, raw = _innermost(values, entry, dynamic.line)
    given = at(raw, dynamic.label)
    blocks = given if isinstance(given, list) else [given]
    seen = sum(dynamic.line <= _line(block, "line_start") <= dynamic.last_line for block in blocks)
    lost = lost_blocks(dynamic, seen, names)
    present = place.get(dynamic.label)
    if lost == [UNKNOWN] and present is None:
        place[dynamic.label] = UNKNOWN
    elif lost:
        held = present if isinstance(present, list) else [] if present is None else [present]
        place[dynamic.label] = [*held, *lost]


def _complete(
    values: dict[str, Planned], entry: object, lines: list[str], names: Callable[[str], Planned]
) -> None:
    """Read from the source what the evaluation of a block's attributes gave up."""
    first, last = _line(entry, "line_start"), _line(entry, "line_end")
    told: dict[str, str] | None = None
    for key, value in values.items():
        raw = at(entry, key)
        blocks = raw if isinstance(raw, list) else [raw]
        if any(isinstance(block, dict) and META in block for block in blocks):
            held = value if isinstance(value, list) else [value]
            for part, block in zip(held, blocks, strict=False):
                if isinstance(part, dict):
                    _complete(part, block, lines, names)
        elif has_gap(value):
            if told is None:
                told = expressions("\n".join(lines[first - 1 : last]))
            written = told.get(key, "")
            is_null = names(written) is None
            values[key] = None if is_null else completed(value, literal(written, names))


def _innermost(
    values: dict[str, Planned], entry: object, line: int
) -> tuple[dict[str, Planned], object]:
    """Give the block around a line."""
    for key, value in values.items():
        raw = at(entry, key)
        held = value if isinstance(value, list) else [value]
        given = raw if isinstance(raw, list) else [raw]
        for part, block in zip(held, given, strict=False):
            is_around = _line(block, "line_start") <= line <= _line(block, "line_end")
            if isinstance(part, dict) and is_around:
                return _innermost(part, block, line)
    return values, entry


def _left_out(
    tree: object, declared: list[PlannedResource], sources: Mapping[str, str], where: str
) -> Iterator[Unread]:
    """Give resources and modules that are written but that tfparse did not evaluate."""
    seen = {(one.type, one.name, one.origin.file) for one in declared}
    for file, source in sources.items():
        place = f"{where}/{file}" if where else file
        for kind, name, line in resources_of(source):
            if (kind, name, place) not in seen:
                reason = "its count or for_each is zero or not known, or nothing calls its module"
                yield Unread(f"{kind}.{name}", reason, Origin(place, line))
    for entry in items(tree, "module"):
        origin = text(entry, "source")
        if not origin.startswith(("./", "../")):
            place, line = text(entry, META, "filename"), _line(entry, "line_start")
            reason = f"its source {origin!r} is not in the folder"
            yield Unread(text(entry, META, "path"), reason, Origin(f"{where}/{place}", line))
