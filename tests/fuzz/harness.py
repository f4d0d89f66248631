"""One target under atheris: `python -m tests.fuzz.harness TARGET PACKAGE [options of libFuzzer]`.

PACKAGE is what is watched beside `untrusted`; with `-` everything but the formats is.

Only the runner (`tools/fuzz.py`) starts it, in a process of its own: libFuzzer ends the process when it is done.
"""

import importlib
import random
import sys

import atheris


def main(name: str, package: str) -> None:
    """Fuzz the target until libFuzzer has used its time."""
    # Watching all of Tesuri would take longer than many a run.
    watched = ["tesuri"] if package == "-" else ["tesuri.untrusted", package]
    passed_over = ["tesuri.formats"] if package == "-" else []
    with atheris.instrument_imports(include=watched, exclude=passed_over):
        targets = importlib.import_module("tests.fuzz.targets")
        mutation = importlib.import_module("tests.fuzz.mutation")
    target = targets.TARGETS[name]

    def change(data: bytes, max_size: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if chance.random() < 0.3:
            return bytes(atheris.Mutate(data, len(data) or 1))
        return bytes(mutation.mutated(bytes(data), chance)[:max_size])

    atheris.Setup([sys.argv[0], *sys.argv[3:]], target.check, custom_mutator=change)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
