"""Compile the shipped controls into one file, so that a start reads no YAML and parses no expression.

Run by `make install` with the Python of `.venv`; the build of a wheel does the same (`hatch_build.py`). The file is
written anew only when a control, or the code that compiles it, has changed.
"""

import sys
from pathlib import Path

from tesuri.controls.catalogue import load_catalogue
from tesuri.wiring.control_files import COMPILED, compile_shipped, keep, shipped_stamp

PLACE = Path(__file__).resolve().parent.parent / "src" / "tesuri" / COMPILED


def main() -> int:
    """Write the file where it is missing or of other files than those beside it."""
    stamp = shipped_stamp()
    if not PLACE.exists() or load_catalogue(PLACE.read_bytes(), stamps=(stamp,)) is None:
        keep(PLACE, compile_shipped(stamp))
    return 0


if __name__ == "__main__":
    sys.exit(main())
