"""Where compiled controls come from: the package, a workspace, the cache; never from what somebody changed."""

from dataclasses import replace
from pathlib import Path

import pytest

from tesuri.controls.catalogue import load_catalogue
from tesuri.model.errors import BadInput
from tesuri.settings import Settings, read_settings
from tesuri.wiring.control_files import compile_shipped, read_controls, shipped_stamp

OWN = b"""
id: own-a
title: A
statement: a thing
severity: high
resource: own:Thing
require: resource.Size > 1
message: "'small'"
points: {plan: {}}
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(read_settings({}, tmp_path), cache=tmp_path / "cache")


def kept_files(settings: Settings) -> list[Path]:
    assert settings.cache is not None
    return sorted(settings.cache.rglob("*.json"))


def test_what_is_compiled_at_build_is_what_a_start_without_it_reads() -> None:
    stamp = shipped_stamp()
    kept = load_catalogue(compile_shipped(stamp), stamps=(stamp,))
    assert kept is not None
    assert len(kept) > 150


def test_own_controls_are_kept_and_read_back(settings: Settings) -> None:
    first = read_controls(settings, [("controls/a.yaml", OWN)])
    assert len(kept_files(settings)) == 1
    again = read_controls(settings, [("controls/a.yaml", OWN)])
    assert again.named("own-a") == first.named("own-a") is not None
    assert len(again) == len(read_controls(settings, [])) + 1


def test_a_changed_control_is_compiled_anew(settings: Settings) -> None:
    read_controls(settings, [("controls/a.yaml", OWN)])
    changed = read_controls(settings, [("controls/a.yaml", OWN.replace(b"> 1", b"> 2"))])
    found = changed.named("own-a")
    assert found is not None
    assert found.control.require == "resource.Size > 2"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"small"', b'{"small":1}'),
        (b'["binary"', b'["no-such-node"'),
        (b'["name","resource"', b'["call","system",[["name","resource",[1,1]]],false'),
    ],
)
def test_a_cache_that_somebody_changed_is_not_used(
    settings: Settings, old: bytes, new: bytes
) -> None:
    wanted = read_controls(settings, [("controls/a.yaml", OWN)]).named("own-a")
    (file,) = kept_files(settings)
    assert old in file.read_bytes()
    file.write_bytes(file.read_bytes().replace(old, new))
    assert read_controls(settings, [("controls/a.yaml", OWN)]).named("own-a") == wanted
    assert old in file.read_bytes()


def test_a_cache_that_cannot_be_written_stops_nothing(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "cache").write_bytes(b"")
    assert read_controls(settings, [("controls/a.yaml", OWN)]).named("own-a")


def test_an_own_control_with_the_id_of_a_shipped_one_is_refused(settings: Settings) -> None:
    taken = next(iter(read_controls(settings, []).ids))
    with pytest.raises(BadInput, match=f"already a control '{taken}'"):
        read_controls(settings, [("controls/a.yaml", OWN.replace(b"own-a", taken.encode()))])


def test_a_cache_stands_where_the_system_keeps_caches(tmp_path: Path) -> None:
    def cache(**environ: str) -> Path | None:
        return read_settings(environ, tmp_path).cache

    assert cache(XDG_CACHE_HOME="/kept", HOME="/home/me") == Path("/kept/tesuri")
    assert cache(XDG_CACHE_HOME="kept", HOME="/home/me") == Path("/home/me/.cache/tesuri")
    assert cache() is None
