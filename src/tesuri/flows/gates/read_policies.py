"""A folder of policies → what the engine loads: Conftest's Rego with its data, Gatekeeper's templates and constraints.

Every file is policy, data, or counted as neither. Nothing is evaluated here, and nothing outside the given files is read.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final

from tesuri.model.errors import BadInput
from tesuri.model.rego import RegoModule
from tesuri.subjects.kubernetes.gatekeeper import (
    Constraint,
    Template,
    is_constraint,
    is_template,
    read_constraint,
    read_constraint_template,
)
from tesuri.subjects.kubernetes.objects import (
    Document,
    KubernetesObject,
    objects_of,
    read_documents,
)
from tesuri.untrusted.shape import text
from tesuri.untrusted.text_document import read_text

REGO: Final = ".rego"
_TESTS: Final = "_test.rego"
DATA: Final = (".json", ".yaml", ".yml")
_DATA_FOLDER: Final = "data"

_Data = tuple[str, tuple[Document, ...]]
"""Path and documents; none where the file is no data."""


@dataclass(slots=True)
class PolicyFiles:
    """What a folder of policies holds."""

    modules: list[RegoModule] = field(default_factory=list)
    documents: dict[str, object] = field(default_factory=dict)
    """What stands under `data`."""
    templates: list[Template] = field(default_factory=list)
    constraints: list[Constraint] = field(default_factory=list)
    objects: list[KubernetesObject] = field(default_factory=list)
    """Objects of a cluster that were given as data: what Gatekeeper calls the inventory."""
    passed_over: int = 0
    """Files that are neither policy nor data: tests of policies, samples."""


def read_policies(
    folders: Mapping[str, Mapping[str, bytes]], data_files: Mapping[str, bytes]
) -> PolicyFiles:
    """Sort the files of policy folders, and those given as data, by path below their folder.

    **raises** BadInput for a file that cannot be read, data that contradict each other, or a folder without policies.
    """
    found = PolicyFiles()
    where = ", ".join(folders)
    data = [
        _taken(path, content, found, folder)
        for folder, files in folders.items()
        for path, content in sorted(files.items())
    ]
    if not (found.modules or found.templates or found.constraints):
        raise BadInput(
            "The folder holds no policy: no .rego file and no ConstraintTemplate.",
            where=where,
            remedy="Name the folder with the policies of Conftest or Gatekeeper.",
        )
    _check_constraints(found, where)
    data += [_taken_data(path, content, found) for path, content in sorted(data_files.items())]
    for each in data:
        _merge_documents(each, found)
    return found


def _taken(path: str, content: bytes, found: PolicyFiles, where: str) -> _Data:
    """Sort one file in; give its documents where they are data."""
    shown = f"{where}/{path}" if where not in ("", ".") else path
    if path.endswith(REGO):
        if path.endswith(_TESTS):
            found.passed_over += 1
        else:
            found.modules.append(RegoModule(shown, read_text(content, where=shown)))
        return path, ()
    documents = read_documents(content, where=shown)
    objects = [one for document in documents for one in _objects(document)]
    for one in objects:
        if is_template(one):
            found.templates.append(read_constraint_template(one))
        elif is_constraint(one):
            found.constraints.append(read_constraint(one))
        else:
            found.passed_over += 1
    return path, () if objects else documents


def _taken_data(path: str, content: bytes, found: PolicyFiles) -> _Data:
    documents = read_documents(content, where=path)
    objects = [one for document in documents for one in _objects(document)]
    found.objects.extend(objects)
    return path, () if objects else documents


def _objects(document: Document) -> Iterator[KubernetesObject]:
    if text(document.value, "apiVersion") and text(document.value, "kind"):
        yield from (one for one in objects_of(document) if isinstance(one, KubernetesObject))


def _merge_documents(data: _Data, found: PolicyFiles) -> None:
    """Put a document under `data`, below the names of its folders."""
    path, documents = data
    if not documents:
        return
    if len(documents) != 1 or not isinstance(documents[0].value, dict):
        found.passed_over += 1
        return
    folders = [part for part in PurePosixPath(path).parts[:-1] if part not in ("..", "/")]
    if folders and folders[0] == _DATA_FOLDER:
        folders = folders[1:]
    value: object = documents[0].value
    for folder in reversed(folders):
        value = {folder: value}
    assert isinstance(value, dict)
    _merge(found.documents, value, documents[0].where, "data")


def _merge(into: dict[str, object], more: Mapping[str, object], where: str, name: str) -> None:
    for key, value in more.items():
        known = into.get(key)
        if isinstance(known, dict) and isinstance(value, dict):
            _merge(known, value, where, f"{name}.{key}")
        elif key in into and known != value:
            raise BadInput(
                f"{name}.{key} is given twice with different values.",
                where=where,
                remedy="Keep one of the two.",
            )
        else:
            into[key] = dict(value) if isinstance(value, dict) else value


def _check_constraints(found: PolicyFiles, where: str) -> None:
    kinds = [each.kind for each in found.templates]
    for constraint in found.constraints:
        if constraint.kind not in kinds:
            raise BadInput(
                f"The constraint {constraint.name} is a {constraint.kind}, of which the folder has no template.",
                where=constraint.where,
                remedy="Put the ConstraintTemplate beside it.",
            )
    if doubled := sorted({kind for kind in kinds if kinds.count(kind) > 1}):
        raise BadInput(f"The kind {doubled[0]} has two templates.", where=where)
    if found.templates and not found.constraints and not found.modules:
        raise BadInput(
            "The folder holds ConstraintTemplates and no constraint, so nothing is enforced.",
            where=where,
            remedy="Put the constraints beside the templates.",
        )
