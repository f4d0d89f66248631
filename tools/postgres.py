"""Bring the programs of a PostgreSQL server for the tests, and run throw-away servers with them.

The order is `TESURI_TEST_PG_BIN`, what the machine has, what an earlier run brought, and then the Debian
packages: installed for the machine by root, unpacked into `.cache/postgres` by anybody else. Where there
is no apt, the wheel of requirements/postgres.txt. As root the server runs as another user: it refuses root.
`python -m tools.postgres` prints the folder of the programs; everything else goes to the error stream.
"""

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools import debian

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "postgres"
WHEEL = CACHE / "wheel"
PROGRAMS = ("initdb", "pg_ctl", "postgres")
USERS = ("postgres", "nobody")
# Durable against a crash of the server, not against one of the machine: enough for a test, and faster.
OPTIONS = "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=50"


class Unavailable(Exception):
    """There is no PostgreSQL here; the sentence says what a person can do."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server in a folder of its own, reached through a socket in that folder."""

    binaries: Path
    folder: Path

    @property
    def url(self) -> str:
        """Give the address of its first database, for a user who may make more."""
        return f"postgresql://postgres@/postgres?host={self.folder}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        # Without a log file of its own, the server would hold our output open for ever.
        log = f"--log={self.folder / 'log'}"
        self._control(log, f"--options={OPTIONS} -c unix_socket_directories={self.folder}", "start")

    def crash(self) -> None:
        """Stop it without any farewell, as a power cut does."""
        self._control("--mode=immediate", "stop")

    def _control(self, *words: str) -> None:
        data = f"--pgdata={self.folder / 'data'}"
        _run(self.binaries, self.folder, "pg_ctl", "--silent", "--wait", data, *words)


def main() -> int:
    """Print the folder of the programs and give 0, or say in one sentence why there is none and give 1."""
    try:
        with contextlib.redirect_stdout(sys.stderr):
            folder = find() or _bring()
    except (Unavailable, debian.Unavailable, subprocess.CalledProcessError) as error:
        print(f"No PostgreSQL: {error} Or set TESURI_TEST_PG to the URL of one.", file=sys.stderr)
        return 1
    print(folder)
    return 0


def find() -> Path | None:
    """Give the folder of the newest programs that start here, or None."""
    declared = os.environ.get("TESURI_TEST_PG_BIN")
    if declared:
        return Path(declared) if _starts(Path(declared)) else None
    places = [
        *sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True),
        *(Path(found).resolve().parent for found in [shutil.which("postgres")] if found),
        *sorted((CACHE / "tree").glob("usr/lib/postgresql/*/bin"), key=_version, reverse=True),
        *WHEEL.glob("*/pginstall/bin"),
    ]
    return next((place for place in places if _starts(place)), None)


@contextlib.contextmanager
def serve(binaries: Path) -> Iterator[Server]:
    """Make a server in a new folder, run it, and remove it. **raises** CalledProcessError with its words."""
    folder = Path(tempfile.mkdtemp(prefix="tesuri-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, _other_user())
        words = (
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        )
        _run(binaries, folder, "initdb", f"--pgdata={folder / 'data'}", *words)
        server = Server(binaries, folder)
        server.start()
        try:
            yield server
        finally:
            if (folder / "data" / "postmaster.pid").exists():
                server.crash()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _bring() -> Path:
    if shutil.which("apt-get") is None:
        _unpack_wheel()
    elif os.geteuid() == 0:
        debian.install("postgresql")
    else:
        debian.unpack(CACHE, "postgresql")
    found = find()
    if found is None:
        raise Unavailable("the programs that were brought do not start here.")
    return found


def _unpack_wheel() -> None:
    pip = [str(ROOT / ".venv" / "bin" / "python"), "-m", "pip", "install", "-qq", "--no-deps"]
    pins = ["--require-hashes", "--only-binary=:all:", "-r", "requirements/postgres.txt"]
    place = ["--disable-pip-version-check", "--upgrade", "--target", str(WHEEL)]
    print("No apt here: installing requirements/postgres.txt into .cache/postgres", flush=True)
    if subprocess.run([*pip, *place, *pins], cwd=ROOT, check=False).returncode != 0:
        raise Unavailable("the wheel of PostgreSQL could not be installed, see the lines above.")


def _starts(place: Path) -> bool:
    """Whether every program is there and the server tells its version to the user who will run it."""
    if not all((place / name).exists() for name in PROGRAMS):
        return False
    try:
        _run(place, Path("/"), "postgres", "--version")
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _run(binaries: Path, folder: Path, program: str, *words: str) -> None:
    """Run one program, in a folder that its user may enter; its words are shown only when it fails."""
    done = subprocess.run(
        [str(binaries / program), *words],
        user=_other_user() if os.geteuid() == 0 else None,
        group=_group() if os.geteuid() == 0 else None,
        extra_groups=[] if os.geteuid() == 0 else None,
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "LD_LIBRARY_PATH": _libraries(binaries)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        print(done.stdout, done.stderr, sep="", file=sys.stderr)
        done.check_returncode()


def _other_user() -> str:
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in USERS if name in known)


def _group() -> int:
    return pwd.getpwnam(_other_user()).pw_gid


def _libraries(binaries: Path) -> str:
    """Give the library folders of an unpacked tree; installed programs know theirs."""
    if CACHE / "tree" not in binaries.parents:
        return ""
    found = (CACHE / "tree").glob("**/lib/*-linux-gnu/**/*.so*")
    return os.pathsep.join(sorted({str(path.parent) for path in found}))


def _version(place: Path) -> int:
    return int(place.parent.name) if place.parent.name.isdigit() else 0


if __name__ == "__main__":
    raise SystemExit(main())
