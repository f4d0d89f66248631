"""A file, by its name → the inputs that Conftest's policies see of it: Dockerfile, HCL, TOML, INI, properties, .env, XML, JSON lines.

It says what a name means before anything is read; YAML and JSON are read where manifests are. What has no reader here is
counted as not read by who asks.
"""

import tomllib
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Final

from tesuri.model.errors import BadInput
from tesuri.subjects.configuration.dockerfile import read_dockerfile
from tesuri.subjects.configuration.hcl import read_hcl
from tesuri.subjects.configuration.key_values import read_environment, read_ini, read_properties
from tesuri.untrusted.json_document import read_json
from tesuri.untrusted.text_document import read_text
from tesuri.untrusted.xml_document import Element, read_xml

_Inputs = tuple[object, ...]

_DOCKERFILE: Final = "dockerfile"


def is_configuration(name: str) -> bool:
    """Whether a file of this name has a reader here."""
    return _kind(name) in _READERS


def read_configuration(name: str, data: bytes, *, where: str) -> _Inputs:
    """Give each input that the file holds. **raises** BadInput with the line of what cannot be read."""
    return _READERS[_kind(name)](data, where)


def _kind(name: str) -> str:
    """Give the word by which Conftest knows a file: how its name ends, or that it is a Dockerfile."""
    bare = name.replace("\\", "/").rpartition("/")[2].lower()
    if bare == _DOCKERFILE or bare.startswith(f"{_DOCKERFILE}."):
        return _DOCKERFILE
    return bare.rpartition(".")[2] if "." in bare else ""


def _of_text(read: Callable[..., object]) -> Callable[[bytes, str], _Inputs]:
    def reading(data: bytes, where: str) -> _Inputs:
        return (read(read_text(data, where=where), where=where),)

    return reading


def _toml(data: bytes, where: str) -> _Inputs:
    try:
        found = tomllib.loads(read_text(data, where=where))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadInput(f"This is not TOML: {error}.", where=where) from error
    return (_without_times(found),)


def _without_times(value: object) -> object:
    """Give a value with its times as texts, as JSON has them."""
    if isinstance(value, dict):
        return {key: _without_times(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_times(each) for each in value]
    if isinstance(value, datetime | date | time):
        return value.isoformat().replace("+00:00", "Z")
    return value


def _xml(data: bytes, where: str) -> _Inputs:
    root = read_xml(data, where=where)
    return ({root.name: _of_element(root)},)


def _of_element(found: Element) -> object:
    """Give an element: its text where it is nothing else, else attributes as `-name`, children, and the text as `#content`."""
    text = found.text.strip()
    if not found.attributes and not found.children:
        return text
    members: dict[str, object] = {f"-{name}": each for name, each in found.attributes.items()}
    for name in dict.fromkeys(inner.name for inner in found.children):
        values = [_of_element(inner) for inner in found.children if inner.name == name]
        members[name] = values[0] if len(values) == 1 else values
    return members | ({"#content": text} if text else {})


def _json_lines(data: bytes, where: str) -> _Inputs:
    lines = enumerate(data.splitlines(), start=1)
    return tuple(
        read_json(line, where=f"{where}: line {number}") for number, line in lines if line.strip()
    )


_hcl: Final = _of_text(read_hcl)
_READERS: Final[Mapping[str, Callable[[bytes, str], _Inputs]]] = {
    _DOCKERFILE: _of_text(read_dockerfile),
    "tf": _hcl,
    "tofu": _hcl,
    "tfvars": _hcl,
    "hcl": _hcl,
    "toml": _toml,
    "ini": _of_text(read_ini),
    "properties": _of_text(read_properties),
    "env": _of_text(read_environment),
    "xml": _xml,
    "ndjson": _json_lines,
    "jsonl": _json_lines,
}
