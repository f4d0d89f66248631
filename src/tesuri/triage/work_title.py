"""The sentence that says what to do about a finding, in the reader's language."""

import re
from functools import lru_cache

from tesuri.model.observation import Kind, Observation, Package

_NUMBER = re.compile("[0-9]+")
_SENTENCES = {
    "upgrade": ("Upgrade {name} to {version}", "{name} を {version} に更新"),
    "upgrade-any": ("Upgrade {name} to a fixed version", "{name} を修正版に更新"),
    "no-fix": (
        "Work around {rule} in {name} (no fix published)",
        "{name} の {rule} を回避（修正版なし）",
    ),
    "secret": ("Revoke and replace the secret in {path}", "{path} のシークレットを失効させて交換"),
    "licence": ("Settle the licence of {name}: {rule}", "{name} のライセンス {rule} を確認"),
}


def work_title(observation: Observation, *, language: str) -> str:
    """Give what a person does about it: `Upgrade openssl to 3.0.16`; else the scanner's own title."""
    said = _say(observation)
    if said is None:
        return observation.title
    key, parts = said
    english, japanese = _SENTENCES[key]
    return (japanese if language == "ja" else english).format(**parts)


def work_titles(observation: Observation) -> tuple[str, str]:
    """Give the English and the Japanese sentence; no Japanese one where it is the scanner's own title."""
    said = _say(observation)
    if said is None:
        return observation.title, ""
    key, parts = said
    english, japanese = (sentence.format(**parts) for sentence in _SENTENCES[key])
    return english, "" if japanese == observation.title else japanese


def _say(observation: Observation) -> tuple[str, dict[str, str]] | None:
    """Give which sentence it is, and what to put into it; None where the scanner's own title says it."""
    package = observation.package
    match observation.kind:
        case Kind.VULNERABILITY if package is not None:
            return _upgrade(observation, package)
        case Kind.SECRET if observation.place.path:
            return "secret", {"path": observation.place.path}
        case Kind.LICENCE if package is not None:
            return "licence", {"name": _full_name(package), "rule": observation.rule}
        case _:
            return None


def nearest_fix(package: Package) -> str:
    """Give the fixed version on the installed version's own branch, else the first one named.

    Empty when the report names none. Sources list one fix for each maintained branch.
    """
    fixes = [fix.strip() for fix in package.fixed_versions if fix.strip()]
    installed = _numbers(package.version)
    for depth in (2, 1):
        for fix in fixes:
            numbers = _numbers(fix)
            if installed[:depth] == numbers[:depth] and numbers > installed:
                return fix
    return next((fix for fix in fixes if _numbers(fix) > installed), fixes[0] if fixes else "")


def _upgrade(observation: Observation, package: Package) -> tuple[str, dict[str, str]]:
    name = _full_name(package)
    if version := nearest_fix(package):
        return "upgrade", {"name": name, "version": version}
    if observation.has_fix:
        return "upgrade-any", {"name": name}
    return "no-fix", {"name": name, "rule": observation.rule}


def _full_name(package: Package) -> str:
    """A npm scope and a Maven group belong to the name that people type; a distribution does not."""
    joint = {"npm": "/", "maven": ":", "golang": "/", "composer": "/"}.get(package.ecosystem, "")
    if joint and package.namespace and not package.name.startswith(package.namespace):
        return f"{package.namespace}{joint}{package.name}"
    return package.name


@lru_cache(maxsize=4096)  # The versions of one package, and of one release, come again and again.
def _numbers(version: str) -> tuple[int, ...]:
    # NOTE: an epoch ("1:1.0.2k") is not part of the branch.
    plain = version.rpartition(":")[2]
    return tuple(int(number[:18]) for number in _NUMBER.findall(plain))
