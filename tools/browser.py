"""Print the path of a Chromium that starts on this machine, bringing one if there is none.

The order is `TESURI_CHROMIUM`, `chromium` on the path, what an earlier run unpacked, and then the
Debian packages: installed for the machine by root, unpacked into `.cache/browser` by anybody else.
Everything but the path goes to the error stream. A browser counts only once it has told its version.
"""

import contextlib
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from tools import debian

CACHE = Path(__file__).resolve().parent.parent / ".cache" / "browser"
UNPACKED = CACHE / "chromium"
PACKAGES = ("chromium", "fonts-noto-cjk")


def main() -> int:
    """Print the path and give 0, or say in one sentence why there is none and give 1."""
    declared = os.environ.get("TESURI_CHROMIUM")
    if declared and not _starts(declared):
        return _fail(f"TESURI_CHROMIUM names {declared}, which does not start as a browser.")
    path = declared or _present()
    if path is None:
        try:
            with contextlib.redirect_stdout(sys.stderr):
                path = _bring()
        except (debian.Unavailable, subprocess.CalledProcessError) as error:
            return _fail(f"No Chromium: {error} Or set TESURI_CHROMIUM to the path of one.")
    if not _starts(path):
        return _fail(f"{path} does not start; set TESURI_CHROMIUM to the path of a Chromium.")
    print(path)
    return 0


def _present() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome-stable", str(UNPACKED))
    found = (shutil.which(name) for name in names)
    return next((path for path in found if path and _starts(path)), None)


def _bring() -> str:
    if os.geteuid() == 0:
        debian.install(*PACKAGES)
        return shutil.which("chromium") or "chromium"
    tree = debian.unpack(CACHE, *PACKAGES)
    UNPACKED.write_text(_launcher(tree), encoding="utf-8")
    UNPACKED.chmod(0o755)
    return str(UNPACKED)


def _launcher(tree: Path) -> str:
    """Give a shell script that starts the unpacked browser with its own libraries and fonts."""
    fonts = CACHE / "fonts.conf"
    fonts.write_text(
        "<?xml version='1.0'?><!DOCTYPE fontconfig SYSTEM 'fonts.dtd'>\n"
        f"<fontconfig><dir>{tree}/usr/share/fonts</dir><dir>/usr/share/fonts</dir>"
        f"<cachedir>{CACHE}/fonts</cachedir></fontconfig>\n",
        encoding="utf-8",
    )
    libraries = sorted({str(path.parent) for path in tree.glob("**/lib/*-linux-gnu/**/*.so*")})
    return (
        "#!/bin/sh\n"
        f"export FONTCONFIG_FILE={shlex.quote(str(fonts))}\n"
        f"export LD_LIBRARY_PATH={shlex.quote(os.pathsep.join(libraries))}\n"
        f'exec {shlex.quote(str(tree / "usr/lib/chromium/chromium"))} "$@"\n'
    )


def _starts(path: str) -> bool:
    try:
        done = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
