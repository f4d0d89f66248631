"""Rego through regorus, in a child process with bounds: a policy is foreign code, and may never end.

The child lives as long as the engine and is asked again and again; one that takes too long or too much memory is ended, the
change that asked gets one sentence, and the next change gets a new child. Nothing of a policy runs in this process.
"""

import contextlib
import importlib.util
import os
import select
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

import orjson

from tesuri.model.errors import BadInput, Unsupported
from tesuri.model.rego import (
    RegoAnswer,
    RegoCase,
    RegoQuestion,
    RegoRule,
    RegoUnit,
    RegoUnitRules,
    RuleNotes,
)
from tesuri.untrusted.shape import flag, items, text, texts, whole

MEMORY_BYTES: Final = 2 * 1024**3
"""Address space of the child; a plan of 25 MB needs 0.4 GB."""

SECONDS: Final = 30.0
"""Of the processor, for all rules on one input; 60 rules on a plan of 24 MB need 2."""

MOST_ENDED: Final = 4
"""Times that policies are asked on one input after an end, the first one included; each gets its part of the time."""

MOST_ANSWER_BYTES: Final = 64 * 1024 * 1024
_RESERVED: Final = "32768"
"""KiB of addresses that the engine takes at a time: by itself a GiB at once, which the bound of memory would count."""
_CHUNK: Final = 1 << 16
_GLANCE_SECONDS: Final = 0.25
_PATIENCE: Final = 4
"""Times the processor time that is waited for on a busy machine."""


class _Ended(Exception):
    """The child gave no answer; the word says why."""


@dataclass(slots=True)
class _Bound:
    """How long one message may take: processor time, so that a busy machine refuses nobody, and patience with an end."""

    process: int
    seconds: float
    began_at: float
    used_seconds: float | None = None
    """Processor time of the child when somebody first had to wait for it: most answers are there before."""

    def is_reached(self) -> bool:
        """Whether the child had its time."""
        used = _used_seconds(self.process)
        if self.used_seconds is None:
            self.used_seconds = used
        used -= self.used_seconds
        waited = time.monotonic() - self.began_at
        return used >= self.seconds or waited >= self.seconds * _PATIENCE


def _used_seconds(process: int) -> float:
    """Give the processor time of a process; 0 where the system does not tell."""
    try:
        fields = (
            Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        )
    except OSError:
        return 0.0
    # From: proc(5): utime and stime are fields 14 and 15; the name that was cut off is field 2.
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass
class RegorusEngine:
    """Policies that were loaded once; answers one input at a time."""

    where: str
    """Folder of the policies, for messages."""
    sources: Sequence[RegoUnit]
    seconds: float = SECONDS
    memory_bytes: int = MEMORY_BYTES
    units: Sequence[RegoUnitRules] = ()
    _child: "subprocess.Popen[bytes] | None" = None
    _ending: "Callable[[], object] | None" = None
    _rest: bytes = b""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def open(self) -> "RegorusEngine":
        """Load the policies. **raises** BadInput for a wrong one, Unsupported without regorus."""
        if importlib.util.find_spec("regorus") is None:
            raise Unsupported(
                "Rego is evaluated with regorus, which is not installed.",
                where=self.where,
                remedy="Install it with: pip install 'tesuri[rego]'",
            )
        with self._lock:
            self._start()
        return self

    def ask(self, questions: Sequence[RegoQuestion], document: object) -> Sequence[RegoAnswer]:
        """Evaluate rules on one document. **raises** BadInput that names the rule which ran when a bound was reached."""
        if not questions:
            return ()
        with self._lock:
            if self._child is None:
                self._start()
            asked = _frame([(each.unit, each.rule.id, "") for each in questions])
            answers: list[RegoAnswer] = []
            try:
                for line in self._lines(asked, orjson.dumps(document), len(questions)):
                    answers.append(_answer(line))  # noqa: PERF401 - what came before an end is counted
            except _Ended as error:
                self._end()
                rule = questions[min(len(answers), len(questions) - 1)].rule
                raise BadInput(
                    f"The rule {rule.id} {error}.",
                    where=f"{rule.path}: line {rule.line}",
                    remedy="Make it look at less, for example without nested walks.",
                ) from error
            return answers

    def ask_each(
        self, asked: Sequence[RegoCase], shared: Mapping[str, object]
    ) -> Sequence[RegoAnswer]:
        """Evaluate rules that are independent of each other, each on what all share and on its own part.

        One that reaches a bound is unknown, and stops no other: the others are asked again, of a new child. So that one
        change cannot keep it for ever, what is left after three of them is unknown, too.
        """
        answers: list[RegoAnswer] = []
        ended = 0
        with self._lock:
            while len(answers) < len(asked) and ended < MOST_ENDED:
                left = asked[len(answers) :]
                try:
                    # At first nobody is told after each answer, which costs more than most of them.
                    self._ask_some(left, shared, answers, is_told_each=ended > 0)
                except _Ended as error:
                    self._end()
                    ended += 1
                    if ended > 1:
                        answers.append(_not_answered(asked[len(answers)].question, str(error)))
        late = f"was not asked, because {MOST_ENDED - 1} policies did not end"
        return [*answers, *(_not_answered(one.question, late) for one in asked[len(answers) :])]

    def _ask_some(
        self,
        asked: Sequence[RegoCase],
        shared: Mapping[str, object],
        answers: list[RegoAnswer],
        *,
        is_told_each: bool,
    ) -> None:
        """Add the answers as they come. **raises** _Ended."""
        if self._child is None:
            self._start()
        questions = [
            (one.question.unit, one.question.rule.id, orjson.dumps(one.own).decode())
            for one in asked
        ]
        frame = _frame(questions, is_told_each=is_told_each)
        document = orjson.dumps(shared)
        seconds = self.seconds / MOST_ENDED
        for line in self._lines(frame, document, len(asked), seconds=seconds):
            answers.append(_answer(line))  # noqa: PERF401 - what came before an end counts

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._end()

    def _start(self) -> None:
        command = [sys.executable, "-I", "-m", "tesuri.engines.rego.child", str(self.memory_bytes)]
        self._child = subprocess.Popen(  # noqa: S603 - our own module
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"LANG": "C.UTF-8", "RUST_BACKTRACE": "0", "MIMALLOC_ARENA_RESERVE": _RESERVED},
            cwd="/",
        )
        # However this object goes, and however the process ends, its child ends with it.
        self._ending = weakref.finalize(self, _end, self._child)
        self._rest = b""
        units = [
            {
                "modules": [
                    {"path": one.path, "text": one.text, "line": one.line} for one in unit.modules
                ],
                "documents": unit.documents,
            }
            for unit in self.sources
        ]
        try:
            found: object = orjson.loads(next(self._lines(orjson.dumps(units), None, 1)))
        except _Ended as error:
            self._end()
            raise BadInput(
                f"Loading the policies {error}.",
                where=self.where,
                remedy="Give fewer or smaller ones.",
            ) from error
        if refused := text(found, "refused"):
            self._end()
            raise BadInput(refused, where=text(found, "where") or self.where)
        self.units = tuple(_unit(each) for each in items(found))

    def _lines(
        self, first: bytes, second: bytes | None, count: int, *, seconds: float | None = None
    ) -> Iterator[bytes]:
        """Send one or two frames and give that many lines. **raises** _Ended."""
        child = self._child
        assert child is not None
        bound = _Bound(child.pid, seconds or self.seconds, time.monotonic())
        assert child.stdin is not None
        assert child.stdout is not None
        frames = [first] if second is None else [first, second]
        sent = b"".join(b"%d\n%b" % (len(frame), frame) for frame in frames)
        self._send(child.stdin, sent, bound)
        size = 0
        for _ in range(count):
            while b"\n" not in self._rest:
                self._rest += self._received(child.stdout, bound)
                size += _CHUNK
                if len(self._rest) > MOST_ANSWER_BYTES:
                    raise _Ended(f"gave more than {MOST_ANSWER_BYTES:,} bytes")
            line, _, self._rest = self._rest.partition(b"\n")
            yield line

    def _send(self, target: IO[bytes], sent: bytes, bound: "_Bound") -> None:
        os.set_blocking(target.fileno(), False)
        left = memoryview(sent)
        while left:
            while not select.select([], [target], [], _GLANCE_SECONDS)[1]:
                self._refuse_late(bound)
            try:
                left = left[os.write(target.fileno(), left[:_CHUNK]) :]
            except BrokenPipeError as error:
                raise _Ended(self._stopped) from error
            except BlockingIOError:
                continue

    def _received(self, source: IO[bytes], bound: "_Bound") -> bytes:
        while not select.select([source], [], [], _GLANCE_SECONDS)[0]:
            self._refuse_late(bound)
        found = os.read(source.fileno(), _CHUNK)
        if not found:
            raise _Ended(self._stopped)
        return found

    def _refuse_late(self, bound: "_Bound") -> None:
        if bound.is_reached():
            raise _Ended(f"did not end within {bound.seconds:.2g} seconds")

    @property
    def _stopped(self) -> str:
        return f"needed more than {self.memory_bytes // 1024**2:,} MiB of memory, or stopped the engine"

    def _end(self) -> None:
        self._child = None
        if self._ending is not None:
            self._ending()


def _end(child: "subprocess.Popen[bytes]") -> None:
    child.kill()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    child.wait()


def _frame(questions: Sequence[tuple[int, str, str]], *, is_told_each: bool = True) -> bytes:
    return orjson.dumps({"questions": questions, "is_told_each": is_told_each})


def _not_answered(question: RegoQuestion, reason: str) -> RegoAnswer:
    rule = question.rule
    return RegoAnswer(unknown=(f"{rule.path}: line {rule.line}: the rule {rule.id} {reason}",))


def _answer(line: bytes) -> RegoAnswer:
    found: object = orjson.loads(line)
    return RegoAnswer(tuple(items(found, "values")), tuple(texts(found, "unknown")))


def _unit(found: object) -> RegoUnitRules:
    return RegoUnitRules(
        packages=tuple(texts(found, "packages")),
        rules=tuple(_rule(each) for each in items(found, "rules")),
        names=frozenset(texts(found, "names")),
    )


def _told(found: object) -> RuleNotes:
    severity = text(found, "custom", "severity") or text(found, "severity")
    return RuleNotes(text(found, "title"), text(found, "description"), severity)


def _rule(found: object) -> RegoRule:
    return RegoRule(
        package=text(found, "package"),
        name=text(found, "name"),
        path=text(found, "path"),
        line=whole(found, "line"),
        is_set=flag(found, "is_set") is True,
        is_listing=flag(found, "is_listing") is True,
        clauses=whole(found, "clauses"),
        told=tuple(_told(each) for each in items(found, "told")),
    )
