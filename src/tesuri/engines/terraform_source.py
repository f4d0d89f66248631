"""A folder of Terraform HCL, evaluated by tfparse, as the tree that `subjects/terraform/hcl.py` reads.

tfparse wraps a Go parser; it comes with the extra `terraform`. Nothing is downloaded: a module that is not in the
folder stays unread. HCL functions like file() read files beside the folder, as Terraform itself does.
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tesuri.model.errors import BadInput, Unsupported
from tesuri.subjects.terraform.endings import SOURCE_ENDINGS
from tesuri.untrusted.text_document import read_text

MOST_BYTES: Final = 32 * 1024 * 1024
"""All .tf files of a folder together; real repositories stay under 2 MB."""

_STANDARD_ERROR: Final = 2
_PLACE: Final = re.compile(
    r"(?P<file>[^\s:]+\.(?:tf|tofu)(?:\.json)?):(?P<line>\d+)[\d,-]*: (?P<what>.*)", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class TerraformFolder:
    """What tfparse made of a folder, and the texts that it came from."""

    tree: object
    """Block type → blocks, as tfparse gives them."""
    sources: Mapping[str, str]
    """Path below the folder → text of each .tf file, and of each file of values."""


def read_terraform_folder(folder: Path) -> TerraformFolder:
    """Evaluate the Terraform files of a folder.

    **raises** BadInput for HCL that is broken, Unsupported without tfparse.
    """
    sources = _sources(folder)
    try:
        import tfparse  # type: ignore[import-untyped] # noqa: PLC0415 # no types; optional, 58 MB: who checks HCL pays
    except ImportError as error:
        raise Unsupported(
            "Terraform HCL is read with tfparse, which is not installed.",
            where=str(folder),
            remedy="Install it with: pip install 'tesuri[terraform]'",
        ) from error
    try:
        with _quiet():
            tree = tfparse.load_from_path(
                str(folder),
                stop_on_hcl_error=True,
                allow_downloads=False,
                vars_paths=_variable_files(folder),
            )
    except tfparse.ParseError as error:
        raise _refusal(str(error), folder) from error
    return TerraformFolder(tree, sources)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the parser's own log, which tells of blocks that hold no resource, off the standard error of this process."""
    kept = os.dup(_STANDARD_ERROR)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, _STANDARD_ERROR)
        yield
    finally:
        os.dup2(kept, _STANDARD_ERROR)
        os.close(nowhere)
        os.close(kept)


def _sources(folder: Path) -> Mapping[str, str]:
    found = {file for ending in SOURCE_ENDINGS for file in folder.rglob(f"*{ending}")}
    files = sorted(file for file in found if ".terraform" not in file.parts)
    if not files:
        raise BadInput("The folder holds no .tf file.", where=str(folder))
    size = sum(file.stat().st_size for file in files)
    if size > MOST_BYTES:
        raise BadInput(
            f"The .tf files have {size:,} bytes; {MOST_BYTES:,} are the most.", where=str(folder)
        )
    values = [folder / name for name in _variable_files(folder)]
    return {
        file.relative_to(folder).as_posix(): read_text(file.read_bytes(), where=str(file))
        for file in (*files, *values)
    }


def _variable_files(folder: Path) -> list[str]:
    """Give the files of values that Terraform reads without being told to, in its order, below the folder."""
    named = [folder / "terraform.tfvars", folder / "terraform.tfvars.json"]
    automatic = sorted({*folder.glob("*.auto.tfvars"), *folder.glob("*.auto.tfvars.json")})
    return [file.name for file in (*named, *automatic) if file.is_file()]


def _refusal(message: str, folder: Path) -> BadInput:
    match = _PLACE.search(message)
    if match is None:
        return BadInput("The HCL cannot be read.", where=str(folder))
    sentence = match["what"].split(";")[0].split("\n")[0].rstrip(".")
    return BadInput(
        f"This is not HCL: {sentence}.", where=f"{folder / match['file']}: line {match['line']}"
    )
