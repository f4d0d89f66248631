from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import tesuri.controls
from tesuri.controls.compiled import CompiledControl
from tesuri.controls.load import load_control
from tesuri.controls.property_paths import ResourceSchema, Schemas, load_schema

FOLDER = Path(next(iter(tesuri.controls.__path__)))


@pytest.fixture(scope="session")
def schemas() -> Mapping[str, ResourceSchema]:
    files = sorted((FOLDER / "schemas").rglob("*.yaml"))
    return Schemas(load_schema(file.read_bytes(), where=file.name) for file in files)


def catalogue_files() -> Iterator[Path]:
    files = sorted((FOLDER / "catalog").rglob("*.yaml"))
    return (file for file in files if not file.name.endswith(".cases.yaml"))


@pytest.fixture(scope="session")
def catalogue(schemas: Mapping[str, ResourceSchema]) -> dict[str, CompiledControl]:
    found = [
        load_control(file.read_bytes(), where=file.name, schemas=schemas)
        for file in catalogue_files()
    ]
    return {compiled.control.id: compiled for compiled in found}
