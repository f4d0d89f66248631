"""Make `.venv` and put the pinned requirements and the project itself into it.

Run by `make install` with the machine's own Python, so it needs the standard library only. It takes
every package by version and hash from `requirements/` and refuses anything else. Where Python came
without pip (Debian splits it off), see `tools/debian.py`.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from tools import debian

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
CACHE = ROOT / ".cache" / "install"

# A larger set stands in for a smaller one.
SETS = {"runtime": ("runtime", "dev"), "dev": ("dev",)}


def main(arguments: list[str]) -> int:
    """Install the named set unless it is there already, and give the exit code."""
    name = arguments[0] if arguments else "runtime"
    if name not in SETS:
        return _fail(f"There is no set of requirements named {name}; the sets are runtime and dev.")
    if any(_stamp_is_current(each) for each in SETS[name]):
        return 0
    for each in SETS:
        _stamp_path(each).unlink(missing_ok=True)
    try:
        _make_venv()
        _install(name)
    except debian.Unavailable as error:
        return _fail(str(error))
    except subprocess.CalledProcessError as error:
        command = " ".join(error.cmd[:4])
        return _fail(f"Installation stopped: {command} … gave exit code {error.returncode}.")
    _stamp_path(name).write_text(_wanted(name), encoding="utf-8")
    return 0


def _make_venv() -> None:
    """Make `.venv` with a pip that works, in the first way that this machine allows."""
    if _is_usable():
        return
    if not _has_module("ensurepip") and os.geteuid() == 0:
        debian.install("python3-venv")
    print(f"Making .venv with Python {sys.version.split()[0]}", flush=True)
    if _has_module("ensurepip"):
        _run([sys.executable, "-m", "venv", "--clear", str(VENV)])
        return
    _run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV)])
    wheel = debian.pip_wheel(CACHE)
    _run(
        [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-index", str(wheel)],
        PYTHONPATH=str(wheel),
    )


def _install(name: str) -> None:
    pins = ROOT / "requirements" / f"{name}.txt"
    count = sum("==" in line for line in pins.read_text(encoding="utf-8").splitlines())
    print(f"Installing {count} pinned packages from requirements/{name}.txt", flush=True)
    pip = [str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    # The files are complete, so nothing is resolved here and nothing is built from source.
    _run([*pip, "--no-deps", "--require-hashes", "--only-binary=:all:", "-r", str(pins)])
    _run([*pip, "--no-deps", "--no-build-isolation", "--no-index", "-e", str(ROOT)])


def _wanted(name: str) -> str:
    """Give the digest of everything that decides what `.venv` holds."""
    digest = hashlib.sha256(f"{ROOT} {sys.version_info[:2]}\n".encode())
    for path in (f"requirements/{name}.txt", "pyproject.toml", "tools/install.py"):
        digest.update((ROOT / path).read_bytes())
    return digest.hexdigest()


def _stamp_path(name: str) -> Path:
    return VENV / f"{name}.stamp"


def _stamp_is_current(name: str) -> bool:
    stamp = _stamp_path(name)
    return PYTHON.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == _wanted(name)


def _has_module(name: str) -> bool:
    """Whether a new interpreter finds the module; this one may have looked before it came."""
    command = [sys.executable, "-c", f"import {name}"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _is_usable() -> bool:
    """Whether `.venv` is of the asked Python version, has pip, and was made in this very place."""
    pip = VENV / "bin" / "pip"
    if not PYTHON.exists() or not pip.exists() or str(VENV) not in pip.read_text(encoding="utf-8"):
        return False
    question = "import sys, pip; print(*sys.version_info[:2])"
    answer = subprocess.run(
        [str(PYTHON), "-c", question], capture_output=True, text=True, check=False
    )
    return answer.stdout.split() == [str(part) for part in sys.version_info[:2]]


def _run(command: list[str], **environment: str) -> None:
    subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, **environment})


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
