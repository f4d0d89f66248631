"""The sentence that says what to do about a finding, in the reader's language."""

import re

from tesuri.model.observation import Kind, Observation, Package

_SENTENCES = {
    "upgrade": ("Upgrade {name} to {version}", "{name} を {version} に更新"),
    "upgrade-any": ("Upgrade {name} to a fixed version", "{name} を修正版に更新"),
    "no-fix": (
        "Work around {rule} in {name} (no fix published)",
        "{name} の {rule} を回避(修正版なし)",
    ),
    "secret": ("Revoke and replace the secret in {path}", "{path} のシークレットを失効させて交換"),
    "licence": ("Settle the licence of {name}: {rule}", "{name} のライセンス {rule} を確認"),
}


def work_title(observation: Observation, *, language: str) -> str:
    """Give what a person does about it: `Upgrade openssl to 3.0.16`; else the scanner's own title."""
    package = observation.package
    match observation.kind:
        case Kind.VULNERABILITY if package is not None:
            return _upgrade(observation, package, language)
        case Kind.SECRET if observation.place.path:
            return _say("secret", language, path=observation.place.path)
        case Kind.LICENCE if package is not None:
            return _say("licence", language, name=_full_name(package), rule=observation.rule)
        case _:
            return observation.title


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


def _upgrade(observation: Observation, package: Package, language: str) -> str:
    name = _full_name(package)
    if version := nearest_fix(package):
        return _say("upgrade", language, name=name, version=version)
    if observation.has_fix:
        return _say("upgrade-any", language, name=name)
    return _say("no-fix", language, name=name, rule=observation.rule)


def _full_name(package: Package) -> str:
    """A npm scope and a Maven group belong to the name that people type; a distribution does not."""
    joint = {"npm": "/", "maven": ":", "golang": "/", "composer": "/"}.get(package.ecosystem, "")
    if joint and package.namespace and not package.name.startswith(package.namespace):
        return f"{package.namespace}{joint}{package.name}"
    return package.name


def _numbers(version: str) -> tuple[int, ...]:
    # NOTE: an epoch ("1:1.0.2k") is not part of the branch.
    plain = version.rpartition(":")[2]
    return tuple(int(number[:18]) for number in re.findall(r"[0-9]+", plain))


def _say(key: str, language: str, **parts: str) -> str:
    english, japanese = _SENTENCES[key]
    return (japanese if language == "ja" else english).format(**parts)
