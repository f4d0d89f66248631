"""Bring Debian packages onto this machine, as root by installing, else by unpacking into a folder.

An ordinary user may download and unpack packages without touching the system: apt keeps its state
in a private folder and reads only the machine's own list of sources. It refuses to guess: without
apt there is one sentence that says what to install by hand.
"""

import os
import shutil
import subprocess
from pathlib import Path


class Unavailable(Exception):
    """This machine cannot get the package; the sentence says what a person can do."""


def install(*packages: str) -> None:
    """Install the packages for the whole machine; needs root."""
    _need("apt-get", packages)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    print(f"Installing {' '.join(packages)} with apt-get", flush=True)
    for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        done = _call(["apt-get", "-qq", *command], quiet)
    if done.returncode != 0:
        raise Unavailable(_sentence("apt-get could not install", packages, done))


def unpack(folder: Path, *packages: str) -> Path:
    """Download the packages with all that they need and lack here, and unpack them into `folder`.

    The root of the unpacked tree is given back. The system is not changed.
    """
    _need("apt-get", packages)
    _need("dpkg-deb", packages)
    print(f"Downloading {' '.join(packages)} into {folder.name}/", flush=True)
    apt = _private_apt(folder)
    _call([*apt, "update"])  # old lists may still do; the download tells
    done = _call([*apt, "install", "-y", "--no-install-recommends", "--download-only", *packages])
    archives = sorted((folder / "archives").glob("*.deb"))
    if done.returncode != 0 or not archives:
        raise Unavailable(_sentence("apt-get could not download", packages, done))
    tree = folder / "tree"
    for archive in archives:
        subprocess.run(["dpkg-deb", "-x", str(archive), str(tree)], check=True)
    for name in ("state", "archives", "cache"):
        shutil.rmtree(folder / name)
    return tree


def pip_wheel(folder: Path) -> Path:
    """Give the pip wheel that Debian ships, unpacked from its package where it is not installed."""
    found = sorted(Path("/usr/share/python-wheels").glob("pip-*.whl"))
    if not found:
        tree = unpack(folder, "python3-pip-whl")
        found = sorted(tree.glob("usr/share/python-wheels/pip-*.whl"))
    if not found:
        raise Unavailable("The package python3-pip-whl holds no pip; install python3-venv by hand.")
    return found[-1]


def _private_apt(folder: Path) -> list[str]:
    for name in ("state/lists/partial", "archives/partial", "cache"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    options = {
        "Dir::State": folder / "state",
        "Dir::State::status": "/var/lib/dpkg/status",
        "Dir::Cache": folder / "cache",
        "Dir::Cache::archives": folder / "archives",
        "Debug::NoLocking": "1",
    }
    return ["apt-get", "-qq", *(f"-o{name}={value}" for name, value in options.items())]


def _call(
    command: list[str], environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _need(program: str, packages: tuple[str, ...]) -> None:
    if shutil.which(program) is None:
        wanted = " and ".join(packages)
        raise Unavailable(
            f"There is no {program} here; install {wanted} by your system's own means."
        )


def _sentence(what: str, packages: tuple[str, ...], done: subprocess.CompletedProcess[str]) -> str:
    lines = [line for line in done.stdout.splitlines() if line.startswith("E:")]
    reason = lines[-1].removeprefix("E:").strip() if lines else f"exit code {done.returncode}"
    return f"{what} {' and '.join(packages)}: {reason.rstrip('.')}."
