"""What the build of a wheel adds: the shipped controls, compiled. A checkout has them from `make install`."""

import sys
import tempfile
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileControls(BuildHookInterface):  # type: ignore[type-arg]  # hatchling leaves its configuration open
    """Puts the compiled controls into the wheel, marked as built: its files never change."""

    def initialize(self, version: str, build_data: dict[str, dict[str, str]]) -> None:
        """Compile them into a file of its own; an editable installation is a checkout."""
        if version == "editable":
            return
        sys.path.insert(0, str(Path(self.root) / "src"))
        from tesuri.wiring.control_files import BUILT, COMPILED, compile_shipped  # noqa: PLC0415 - see above

        folder = Path(tempfile.mkdtemp())
        (folder / "compiled.json").write_bytes(compile_shipped(BUILT))
        build_data["force_include"][str(folder / "compiled.json")] = f"tesuri/{COMPILED}"
