"""Framework file → framework: every key checked, every reason named; and the ids by which controls name requirements.

An id that no framework has would count as an answer to nothing, so it is an error wherever the frameworks are read.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from tesuri.model.control import Control
from tesuri.model.errors import BadInput
from tesuri.model.framework import Framework, Requirement, RequirementGroup
from tesuri.untrusted.shape import items, mapping, need_items, need_mapping, need_text, texts
from tesuri.untrusted.yaml_document import read_yaml

_KEYS: Final = frozenset({"id", "aliases", "title", "source", "includes", "reasons", "groups"})
_GROUP_KEYS: Final = frozenset({"id", "title", "requirements"})
_REQUIREMENT_KEYS: Final = frozenset({"id", "en", "ja", "unseen"})
_LANGUAGES: Final = ("en", "ja")

Texts = Mapping[str, str]


def load_framework(data: bytes, *, where: str) -> Framework:
    """Read one framework file.

    **raises** BadInput with the file and the JSON pointer of what is wrong.
    """
    document = need_mapping(read_yaml(data, where=where), where=where)
    _check_keys(document, _KEYS, where, "A framework")
    reasons = {
        name: _languages(mapping(document, "reasons", name), f"{where}#/reasons/{name}")
        for name in mapping(document, "reasons")
    }
    groups = tuple(
        _group(each, f"{where}#/groups/{place}", reasons)
        for place, each in enumerate(need_items(document.get("groups"), where=f"{where}#/groups"))
    )
    framework = Framework(
        id=need_text(document, "id", where=f"{where}#/id"),
        aliases=texts(document, "aliases"),
        title=_languages(mapping(document, "title"), f"{where}#/title"),
        source=_source(document, f"{where}#/source"),
        includes=texts(document, "includes"),
        groups=groups,
    )
    _check_once(framework, where)
    return framework


def _source(document: Mapping[str, object], where: str) -> Texts:
    """Give who publishes it: in both languages, or in one line where that is the same in both."""
    if isinstance(document.get("source"), Mapping):
        return _languages(mapping(document, "source"), where)
    return dict.fromkeys(_LANGUAGES, need_text(document, "source", where=where))


def load_frameworks(files: Mapping[str, bytes]) -> tuple[Framework, ...]:
    """Read every framework, by id. **raises** BadInput, also for a name that two of them have."""
    found: dict[str, Framework] = {}
    names: dict[str, str] = {}
    for where, data in files.items():
        framework = load_framework(data, where=where)
        for name in (framework.id, *framework.aliases):
            if name in names:
                raise BadInput(
                    f"The framework name {name!r} is taken by {names[name]}.", where=where
                )
            names[name] = where
        found[framework.id] = framework
    for framework in found.values():
        for name in framework.includes:
            if name not in found:
                raise BadInput(f"There is no framework {name!r} to include.", where=framework.id)
    return tuple(found[name] for name in sorted(found))


def check_maps(controls: Iterable[Control], frameworks: Iterable[Framework]) -> None:
    """Refuse a control that names a requirement which its framework does not have.

    A key of `maps` that is no framework here is the name of a tool, or of a list that only its owner has.

    **raises** BadInput that names the control and the id.
    """
    known = {framework.id: {each.id for each in framework.requirements} for framework in frameworks}
    for control in controls:
        for name, ids in control.maps.items():
            for identity in ids:
                if name in known and identity not in known[name]:
                    raise BadInput(
                        f"{name} has no requirement {identity!r}.",
                        where=f"{control.id}#/maps/{name}",
                        remedy=f"See: tesuri evidence framework {name}",
                    )


def _check_keys(record: Mapping[str, object], known: frozenset[str], where: str, what: str) -> None:
    for key in record:
        if key not in known:
            raise BadInput(f"{what} has no key {key!r}.", where=f"{where}#/{key}")


def _languages(given: Mapping[str, object], where: str) -> Texts:
    return {language: need_text(given, language, where=where).strip() for language in _LANGUAGES}


def _group(value: object, where: str, reasons: Mapping[str, Texts]) -> RequirementGroup:
    record = need_mapping(value, where=where)
    _check_keys(record, _GROUP_KEYS, where, "A group of requirements")
    return RequirementGroup(
        id=need_text(record, "id", where=where),
        title=_languages(mapping(record, "title"), f"{where}/title"),
        requirements=tuple(
            _requirement(each, f"{where}/requirements/{place}", reasons)
            for place, each in enumerate(items(record, "requirements"))
        ),
    )


def _requirement(value: object, where: str, reasons: Mapping[str, Texts]) -> Requirement:
    record = need_mapping(value, where=where)
    _check_keys(record, _REQUIREMENT_KEYS, where, "A requirement")
    name = record.get("unseen", "")
    if name and name not in reasons:
        raise BadInput(f"There is no reason {name!r}.", where=f"{where}/unseen")
    return Requirement(
        id=need_text(record, "id", where=where),
        title=_languages(record, where),
        unseen=reasons[str(name)] if name else {},
    )


def _check_once(framework: Framework, where: str) -> None:
    ids: set[str] = set()
    for requirement in framework.requirements:
        if requirement.id in ids:
            raise BadInput(f"The requirement {requirement.id!r} stands there twice.", where=where)
        ids.add(requirement.id)
    if not ids:
        raise BadInput("A framework needs at least one requirement.", where=f"{where}#/groups")
