"""`make install` costs nothing when nothing changed, and names what it does not know."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
STAMP = """
from tools import install
install.PYTHON.parent.mkdir(parents=True)
install.PYTHON.touch()
install._stamp_path("dev").write_text(install._wanted("dev"))
"""


def install(root: Path, name: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tools.install", name],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_set_that_does_not_exist_is_refused_in_one_sentence() -> None:
    done = install(ROOT, "everything")
    assert done.returncode == 1
    assert done.stderr == (
        "There is no set of requirements named everything; the sets are runtime and dev.\n"
    )


@pytest.mark.parametrize("name", ["dev", "runtime"])
def test_a_current_stamp_of_the_larger_set_makes_install_do_nothing(
    tmp_path: Path, name: str
) -> None:
    """The interpreter in this .venv is an empty file: anything but the stamp would fail."""
    for folder in ("tools", "requirements"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    subprocess.run([sys.executable, "-c", STAMP], cwd=tmp_path, check=True)
    done = install(tmp_path, name)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
