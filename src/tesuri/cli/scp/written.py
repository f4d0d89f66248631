"""Writes generated policies: to a folder, or as one JSON document; what cannot be generated is told."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tesuri.cli.lists.output import SCHEMA_VERSION, print_json
from tesuri.cli.state import Session, tell
from tesuri.controls.scp.generate import Generated, GeneratedPolicy
from tesuri.model.errors import BadInput

_PREFIX: Final = "tesuri-"


def write_generated(session: Session, generated: Generated, folder: Path | None) -> None:
    """Write the policies; with a folder into it, one file each, else to standard output."""
    names = [f"{_PREFIX}{number}.json" for number in range(1, len(generated.policies) + 1)]
    if folder is None:
        print_json(_document(generated, names))
    else:
        _write_files(generated.policies, names, folder)
    phrases = session.phrases
    for control, reason in generated.impossible:
        tell(
            phrases.gettext(
                "{control}: no policy can enforce it: {reason}", control=control, reason=reason
            )
        )
    tell(
        phrases.gettext(
            "Policies: {policies}; controls in them: {controls}; no policy can enforce: {impossible}; "
            "controls that do not say: {undeclared}",
            policies=str(len(generated.policies)),
            controls=str(sum(len(each.controls) for each in generated.policies)),
            impossible=str(len(generated.impossible)),
            undeclared=str(len(generated.undeclared)),
        )
    )


def _write_files(policies: Sequence[GeneratedPolicy], names: Sequence[str], folder: Path) -> None:
    """Write compact files; an older file of ours that is not written again would still be attached, so it is named."""
    folder.mkdir(parents=True, exist_ok=True)
    stale = {path.name for path in folder.glob(f"{_PREFIX}*.json")} - set(names)
    if stale:
        raise BadInput(
            f"The folder holds {min(stale)} of an earlier run, which is not written again.",
            where=str(folder),
            remedy="Detach it and remove it, or write to another folder.",
        )
    for name, policy in zip(names, policies, strict=True):
        (folder / name).write_text(policy.text + "\n", encoding="utf-8")


def _document(generated: Generated, names: Sequence[str]) -> dict[str, object]:
    return {
        "schema": SCHEMA_VERSION,
        "policies": [
            {
                "name": name,
                "characters": len(policy.text),
                "controls": list(policy.controls),
                "policy": policy.document,
            }
            for name, policy in zip(names, generated.policies, strict=True)
        ],
        "impossible": [
            {"control": control, "reason": reason} for control, reason in generated.impossible
        ],
        "undeclared": list(generated.undeclared),
    }
