"""Entry of the command line: answers the cheapest question before anything heavy is imported."""

import os
import sys


def main() -> None:
    """Run the `tesuri` command."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        print(f"tesuri {_version()}")  # noqa: T201 - the answer itself
        return
    from tesuri.cli.program import run  # noqa: PLC0415 - it costs 200 ms

    run()


def _version() -> str:
    """Give the installed version from the name of its metadata folder.

    importlib.metadata says the same, but its import alone takes 50 ms.
    """
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")  # noqa: PTH208 - pathlib costs 5 ms
        except OSError:
            continue
        for name in names:
            if name.startswith("tesuri-") and name.endswith(".dist-info"):
                return name.removeprefix("tesuri-").removesuffix(".dist-info")
    from importlib.metadata import version  # noqa: PLC0415 - only for unusual installations

    return version("tesuri")


if __name__ == "__main__":
    main()
