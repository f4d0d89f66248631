"""The envelope of `terraform show -json PLANFILE`: is it one, and which changes does it hold.

**source** https://developer.hashicorp.com/terraform/internals/json-format (format versions 0.1 to 1.x)
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from tesuri.model.errors import BadInput
from tesuri.model.resource import Change, Origin, Unread
from tesuri.subjects.planned import Planned
from tesuri.subjects.terraform.plan_values import is_marked, merge
from tesuri.untrusted.json_document import read_json_without
from tesuri.untrusted.shape import at, items, mapping, shape_name, text

_REMEDY: Final = "Make it with: terraform show -json PLANFILE > plan.json"
_VERSION: Final = re.compile(r"[01]\.\d+(\.\d+)?")
_REPEATED: Final = {"planned_values": "resource_changes", "prior_state": "resource_changes"}
"""Half of a plan says again what its changes say."""
_ACTIONS: Final[Mapping[tuple[str, ...], Change]] = {
    ("no-op",): Change.NO_CHANGE,
    ("create",): Change.CREATE,
    ("read",): Change.READ,
    ("open",): Change.READ,
    ("renew",): Change.READ,
    ("close",): Change.READ,
    ("update",): Change.UPDATE,
    ("delete",): Change.DELETE,
    ("forget",): Change.DELETE,
    ("delete", "create"): Change.REPLACE,
    ("create", "delete"): Change.REPLACE,
    ("create", "forget"): Change.REPLACE,
    ("forget", "create"): Change.REPLACE,
}


_READ_ONLY: Final = ("data", "ephemeral")
"""What is looked up and not made: data sources, and values that live for one run."""
_TREES: Final = {
    "after": "its planned values",
    "after_unknown": "its marks of what is not known",
    "after_sensitive": "its marks of what is secret",
}
_LOG: Final = b'{"@level"'


@dataclass(frozen=True, slots=True)
class PlannedResource:
    """One resource instance as the plan leaves it."""

    address: str
    type: str
    name: str
    module: str
    index: str
    """Instance key as the address writes it: 0, "blue"; empty without count and for_each."""
    change: Change
    values: dict[str, Planned]
    is_complete: bool
    """False when the plan only gives planned_values, which leave out what is not known."""
    origin: Origin
    is_secret: bool = False
    """Whether some value is marked as secret."""
    lines: Mapping[str, int] = field(default_factory=dict)
    """Attribute pointer → line, for inputs that have lines."""

    def origin_of(self, pointer: str) -> Origin:
        """Give where an attribute is written."""
        line = self.origin.line
        near = pointer
        while near and near not in self.lines:
            near = near.rpartition("/")[0]
        below = f"{self.origin.pointer}/{self.values_key}{pointer}" if self.values_key else ""
        return Origin(self.origin.file, self.lines.get(near, line), below)

    @property
    def values_key(self) -> str:
        """Give where the entry holds its values; empty for HCL, whose parts have no pointers."""
        if not self.origin.pointer:
            return ""
        return "change/after" if self.is_complete else "values"


@dataclass(slots=True)
class PlanDocument:
    """What a plan holds; parts that cannot be read are in `unread`."""

    resources: list[PlannedResource] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    deleted: int = 0
    """Resources that go away or are forgotten: no control looks at them."""
    data_sources: int = 0
    documents: list[PlannedResource] = field(default_factory=list)
    """Data sources of policies that are only made at apply."""
    configuration: Mapping[str, object] = field(default_factory=dict)


def read_plan_document(data: bytes, *, where: str) -> PlanDocument:
    """Read the bytes of a plan.

    **raises** BadInput when they are not Terraform's JSON of a plan.
    """
    document = _decoded(data, where)
    _refuse_others(document, where)
    plan = PlanDocument(configuration=mapping(document, "configuration"))
    _note_incomplete(document, plan, where)
    if at(document, "resource_changes") is None:
        _read_planned_values(document, plan, where)
    else:
        _read_changes(document, plan, where)
    return plan


def _decoded(data: bytes, where: str) -> Mapping[str, object]:
    if data[:2] == b"PK":
        raise BadInput(
            "This is a saved plan, which only Terraform reads.", where=where, remedy=_REMEDY
        )
    if data[:2] == b"\x1f\x8b":
        raise BadInput("This is packed with gzip.", where=where, remedy="Unpack it with gunzip.")
    if data.lstrip()[: len(_LOG)] == _LOG:
        raise BadInput("This is Terraform's log as JSON, not a plan.", where=where, remedy=_REMEDY)
    try:
        document = read_json_without(data, _REPEATED, where=where)
    except BadInput as error:
        is_json = data.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")[:1] in (b"{", b"[", b"")
        if is_json or not data.strip():
            raise
        raise BadInput("This is text, not a plan as JSON.", where=where, remedy=_REMEDY) from error
    if not isinstance(document, dict):
        raise BadInput(
            f"A plan is a JSON object; this is {shape_name(document)}.", where=where, remedy=_REMEDY
        )
    return document


def _refuse_others(document: Mapping[str, object], where: str) -> None:
    _refuse_shapes(document, where)
    # NOTE: a plan without any change still has planned_values; a document with neither part would pass for nothing.
    is_plan = any(document.get(key) is not None for key in ("planned_values", "resource_changes"))
    if is_plan:
        return
    if "lineage" in document or "serial" in document or "values" in document:
        what = "This is a Terraform state, not a plan."
    else:
        what = "This is not a Terraform plan: it has no planned_values and no resource_changes."
    raise BadInput(what, where=where, remedy=_REMEDY)


def _refuse_shapes(document: Mapping[str, object], where: str) -> None:
    version = document.get("format_version")
    if version is not None and not _VERSION.fullmatch(str(version)):
        raise BadInput(
            f"The plan has format_version {str(version)[:20]!r}; versions 0.x and 1.x can be read.",
            where=where,
        )
    for key, kind in (
        ("resource_changes", list),
        ("planned_values", dict),
        ("configuration", dict),
    ):
        found = document.get(key)
        if found is not None and not isinstance(found, kind):
            raise BadInput(
                f"{key} is {shape_name(found)}, which no plan has.", where=f"{where}#/{key}"
            )


def _note_incomplete(document: Mapping[str, object], plan: PlanDocument, where: str) -> None:
    if document.get("errored") is True:
        reason = "Terraform stopped with an error: the plan is not complete"
        plan.unread.append(Unread("plan", reason, Origin(where, pointer="/errored")))
    elif document.get("complete") is False and not items(document, "deferred_changes"):
        reason = "it leaves parts out, as -target does: more is to change than it says"
        plan.unread.append(Unread("plan", reason, Origin(where, pointer="/complete")))
    for number, deferred in enumerate(items(document, "deferred_changes")):
        address = text(deferred, "resource_change", "address") or "unnamed"
        reason = f"Terraform deferred it ({text(deferred, 'reason') or 'no reason given'})"
        plan.unread.append(
            Unread(address, reason, Origin(where, pointer=f"/deferred_changes/{number}"))
        )


def _read_changes(document: Mapping[str, object], plan: PlanDocument, where: str) -> None:
    for number, entry in enumerate(items(document, "resource_changes")):
        origin = Origin(where, pointer=f"/resource_changes/{number}")
        actions = tuple(str(action) for action in items(entry, "change", "actions"))
        change = _ACTIONS.get(actions)
        if not text(entry, "address") or not text(entry, "type") or change is None:
            shown = "+".join(actions)[:60] or "no actions"
            reason = f"it is no resource change that is known ({shown})"
            address = text(entry, "address") or origin.pointer
            plan.unread.append(Unread(address, reason, origin, is_broken=not actions))
        elif text(entry, "mode") in _READ_ONLY:
            plan.data_sources += 1
            _take_document(entry, plan, origin)
        elif change is Change.DELETE or text(entry, "deposed"):
            # A deposed object is what a replacement left behind: nothing declares it any more.
            plan.deleted += 1
        else:
            _take(entry, change, plan, origin)


def _take_document(entry: object, plan: PlanDocument, origin: Origin) -> None:
    if text(entry, "type") != "aws_iam_policy_document":
        return
    change = mapping(entry, "change")
    values = merge(change.get("after"), change.get("after_unknown"), None)
    if isinstance(values, dict):
        found = _resource(entry, Change.READ, values, origin, is_complete=True, is_secret=False)
        plan.documents.append(replace(found, type=f"data.{found.type}"))


def _take(entry: object, change: Change, plan: PlanDocument, origin: Origin) -> None:
    change_part = mapping(entry, "change")
    after = change_part.get("after")
    if flaw := _flaw_of(change_part):
        plan.unread.append(Unread(text(entry, "address"), flaw, origin, is_broken=True))
        return
    values = merge(after, change_part.get("after_unknown"), change_part.get("after_sensitive"))
    if not isinstance(values, dict):
        reason = "nothing of it is known before apply"
        plan.unread.append(Unread(text(entry, "address"), reason, origin))
        return
    is_secret = is_marked(change_part.get("after_sensitive"))
    plan.resources.append(
        _resource(entry, change, values, origin, is_complete=True, is_secret=is_secret)
    )


def _flaw_of(change: Mapping[str, object]) -> str:
    """Say which of the three trees of a change is none; empty when each is one."""
    for key, kind in _TREES.items():
        found = change.get(key)
        if found is not None and not isinstance(found, dict | bool):
            return f"{kind} are {shape_name(found)}"
    return ""


def _resource(
    entry: object,
    change: Change,
    values: dict[str, Planned],
    origin: Origin,
    *,
    is_complete: bool,
    is_secret: bool,
) -> PlannedResource:
    address = text(entry, "address")
    kind, name = text(entry, "type"), text(entry, "name")
    head, _, tail = address.rpartition(f"{kind}.{name}")
    return PlannedResource(
        address=address,
        type=kind,
        name=name,
        module=text(entry, "module_address") or head.rstrip("."),
        index=tail.strip("[]"),
        change=change,
        values=values,
        is_complete=is_complete,
        origin=origin,
        is_secret=is_secret,
    )


def _read_planned_values(document: Mapping[str, object], plan: PlanDocument, where: str) -> None:
    root = at(document, "planned_values", "root_module")
    for pointer, entry in _planned(root, "/planned_values/root_module"):
        origin = Origin(where, pointer=pointer)
        values = merge(at(entry, "values") or {}, None, at(entry, "sensitive_values"))
        if text(entry, "mode") in _READ_ONLY:
            plan.data_sources += 1
        elif text(entry, "address") and text(entry, "type") and isinstance(values, dict):
            is_secret = is_marked(at(entry, "sensitive_values"))
            found = _resource(
                entry, Change.EXISTS, values, origin, is_complete=False, is_secret=is_secret
            )
            plan.resources.append(found)
        else:
            reason = "it is no planned resource that is known"
            plan.unread.append(Unread(text(entry, "address") or pointer, reason, origin))


def _planned(module: object, pointer: str) -> Iterator[tuple[str, object]]:
    waiting = [(pointer, module)]
    while waiting:
        place, current = waiting.pop()
        for number, entry in enumerate(items(current, "resources")):
            yield f"{place}/resources/{number}", entry
        for number, child in enumerate(items(current, "child_modules")):
            waiting.append((f"{place}/child_modules/{number}", child))
