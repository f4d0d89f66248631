"""The published schemas are written from the loader's table; a small validator proves that they say the same."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import tesuri.routing.declared.schema as declared_schema
from tesuri.routing.declared.fields import faults_in
from tesuri.routing.declared.schema import SCHEMAS, schema_document
from tesuri.untrusted.shape import at, items, mapping, text
from tesuri.untrusted.yaml_document import read_yaml

FOLDER = Path(declared_schema.__file__).parents[1] / "schemas"

SAMPLES = {
    "service": (
        "{name: A, tier: 3, exposure: small, scan_interval: 24 h}",
        "{name: A, modules: []}",
        "{name: A, components: [python 3.11, amazon eks 1.29]}",
        "{name: A, components: [python]}",
        "{}",
        "{name: ''}",
        "{name: 3}",
        "{name: A, tier: 4}",
        "{name: A, tier: '1'}",
        "{name: A, exposure: wide}",
        "{name: A, scan_interval: 24}",
        "{name: A, scan_interval: 0 h}",
        "{name: A, id: 'a b'}",
        "{name: A, more: 1}",
        "text",
    ),
    "waiver": (
        "{scope: x, reason: r, requester: a, approvers: [b], approved: 2026-01-01, expires: 2026-02-01}",
        "{scope: x, reason: r, requester: a, approvers: b, approved: 2026-01-01, expires: 2026-02-01}",
        "{scope: x, reason: r, requester: a, approvers: [b], approved: yesterday, expires: 2026-02-01}",
        "{scope: x, reason: r, requester: a, approvers: [b], approved: 2026-01-01T10:00, expires: 2026-02-01}",
        "{scope: x, reason: r, requester: a, approvers: [b], approved: 2026-01-01}",
    ),
    "incident": (
        "{grade: breach, service: a, declared: 2026-01-01T10:00:00Z}",
        "{grade: bad, service: a, declared: 2026-01-01}",
    ),
    "asset": (
        "{id: a, tags: {k: v}}",
        "{id: a, tags: {k: 1}}",
        "{id: a, targets: ['']}",
        "{id: a, formerly: [b]}",
        "{id: a, formerly: ['b*']}",
    ),
    "effort": ("{effort: 30 min, kind: secret}", "{effort: 30}", "{kind: secret}"),
    "mapping": ("{title: Summary}", "{title: 3}", "[a]"),
    "tesuri": (
        "{name: A, ownership: {default: a, paths: {x: a}}, longest_waivers: {high: 90 d}}",
        "{ownership: {defautl: a}}",
        "{longest_waivers: {severe: 90 d}}",
        "{exclusions: [{from: 2026-01-01, to: 2026-01-02, reason: r, approver: a}]}",
        "{exclusions: [{from: 2026-01-01}]}",
        "{mappings: {pentest: {title: Summary}}}",
        "{feeds: {kev: a.json, other: b}}",
        "{time_zone: 'Asia/Tokyo'}",
        "{time_zone: '9'}",
        "{time_zone: 'a b'}",
    ),
    "team": ("{name: A, capacity: 16 h, members: [a]}", "{name: A, capacity: 16}"),
    "journey": ("{name: A, services: [a]}", "{name: A}", "{name: A, services: a}"),
}
CASES = [(name, sample) for name, samples in SAMPLES.items() for sample in samples]


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_published_schema_is_that_of_the_loader(
    name: str, golden: Callable[[Path, str], None]
) -> None:
    written = json.dumps(schema_document(name), indent=2, ensure_ascii=False) + "\n"
    golden(FOLDER / f"{name}.schema.json", written)


def test_every_published_schema_has_a_kind_and_samples() -> None:
    published = {path.name.removesuffix(".schema.json") for path in FOLDER.iterdir()}
    assert published == set(SCHEMAS) == set(SAMPLES)


@pytest.mark.parametrize(("name", "sample"), CASES)
def test_schema_and_loader_agree(name: str, sample: str) -> None:
    value = read_yaml(sample.encode(), where="sample")
    is_good_for_loader = not list(faults_in(value, SCHEMAS[name][0]))
    assert is_valid(value, schema_document(name)) == is_good_for_loader


def test_the_samples_hold_good_and_bad_ones_of_every_kind() -> None:
    for name, samples in SAMPLES.items():
        verdicts = {
            is_valid(read_yaml(s.encode(), where=""), schema_document(name)) for s in samples
        }
        assert verdicts == {True, False}, name


def test_a_schema_accepts_a_list_where_a_file_may_hold_several() -> None:
    assert is_valid([{"name": "A"}, {"name": "B"}], schema_document("team"))
    assert not is_valid([{"name": "A"}, {}], schema_document("team"))
    assert not is_valid([{}], schema_document("tesuri"))


def is_valid(value: object, schema: object) -> bool:
    """Judge by the few words of JSON Schema that ours use."""
    if "anyOf" in mapping(schema):
        return any(is_valid(value, part) for part in items(schema, "anyOf"))
    if "enum" in mapping(schema):
        return value in items(schema, "enum")
    return JUDGES[text(schema, "type")](value, schema)


def is_valid_list(value: object, schema: object) -> bool:
    return isinstance(value, list) and all(is_valid(item, at(schema, "items")) for item in value)


def is_valid_text(value: object, schema: object) -> bool:
    return isinstance(value, str) and re.search(text(schema, "pattern"), value) is not None


def is_valid_whole(value: object, schema: object) -> bool:
    low, high = at(schema, "minimum"), at(schema, "maximum")
    assert isinstance(low, int)
    assert isinstance(high, int)
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def is_valid_object(value: object, schema: object) -> bool:
    if not isinstance(value, dict):
        return False
    known = mapping(schema, "properties")
    names = items(schema, "propertyNames", "enum")
    rest = at(schema, "additionalProperties")
    return (
        all(key in value for key in items(schema, "required"))
        and all(not names or key in names for key in value)
        and all(
            is_valid(inner, known[key])
            if key in known
            else rest is not False and is_valid(inner, rest)
            for key, inner in value.items()
        )
    )


JUDGES: dict[str, Callable[[object, object], bool]] = {
    "object": is_valid_object,
    "array": is_valid_list,
    "string": is_valid_text,
    "integer": is_valid_whole,
}
