"""Which call of the API a recording is of: by the names that tools give to services, calls and files, else by what it answers.

A file is called after the command, whoever wrote it: `describe-security-groups.json`, `ec2_DescribeSecurityGroups-2.json`,
`s3api/get-bucket-policy-NAME.json`. What follows the command is the page, or the one thing that was asked about.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from tesuri.subjects.aws.recorded.things import LISTINGS, MAPPED, entries_at, name_of

# The service's name in a recording is its endpoint's, or the command line's; the API's own name is another one for these.
_SERVICES: Final[Mapping[str, str]] = {
    "monitoring": "cloudwatch",
    "elasticfilesystem": "efs",
    "s3-control": "s3control",
    "s3api": "s3",
    "configservice": "config",
    "elasticmapreduce": "emr",
    "es": "opensearch",
    "states": "stepfunctions",
    "api.sagemaker": "sagemaker",
    "api.ecr": "ecr",
    "elasticloadbalancingv2": "elbv2",
    "elasticloadbalancing": "elb",
}
_ENDINGS: Final = (".gz", ".json", ".jsonl", ".ndjson", ".txt")
_TOKEN: Final = re.compile(r"[A-Za-z0-9]+")
_PLACE: Final = re.compile(
    r"(?<![a-z0-9])(?:(?:af|ap|ca|cn|eu|il|me|mx|sa|us)(?:-gov)?-[a-z]+-\d|\d{12})(?![a-z0-9])"
)
_PAGE: Final = re.compile(r"(?:page|part)?[-_ .]?(\d{1,5})")
_ANY: Final = "*"


@dataclass(frozen=True, slots=True)
class FileName:
    """What the name of a file says of the reply in it."""

    operation: str
    number: int = 0
    about: str = ""
    """Name of the one thing that was asked about; empty where the file does not tell."""


@lru_cache(maxsize=4_096)
def call_named(service: str, name: str) -> str:
    """Give `service.Operation` as the tables have it: `s3api` and `list_buckets` is s3.ListBuckets."""
    folded = service.strip().casefold()
    folded = _SERVICES.get(folded, folded)
    words = name.strip()
    known = _by_name().get(_plain(words), ())
    spelled = next((one for one in known if one.startswith(f"{folded}.")), "")
    if spelled:
        return spelled
    is_command = "-" in words or "_" in words
    parts = re.split(r"[-_]", words)
    return f"{folded}.{''.join(part.capitalize() for part in parts) if is_command else words}"


def is_service(word: str) -> bool:
    """Whether a word names a service whose calls are read."""
    folded = word.casefold()
    return _SERVICES.get(folded, folded) in _services()


@cache
def _services() -> frozenset[str]:
    return frozenset(operation.partition(".")[0] for operation in MAPPED)


def call_of_file(path: str, value: object) -> FileName | None:
    """Give the call that a file is called after, else the one that only can answer so; None when neither is known."""
    folder, _, base = path.rpartition("/")
    for ending in _ENDINGS:
        base = base.removesuffix(ending)
    named = _named(base, folder)
    if named is None or named.operation.startswith(f"{_ANY}."):
        answered = call_that_answers(value)
        if answered:
            return FileName(answered, named.number if named else 0, named.about if named else "")
    return named


def call_that_answers(value: object) -> str:
    """Give the call whose answer lists such things; empty where none does, or calls about several types."""
    if not isinstance(value, dict):
        return ""
    fitting = [one for one in LISTINGS if one.path and _is_answer(value, one.path, one.names[0])]
    return fitting[0].operation if len({one.kind for one in fitting}) == 1 else ""


def _is_answer(value: Mapping[str, object], path: Sequence[str], name: str) -> bool:
    first = next(entries_at(value, tuple(path), ""), None)
    return first is not None and bool(name_of(first[1], name))


def _named(base: str, folder: str) -> FileName | None:
    tokens = list(_TOKEN.finditer(base))
    for begin in range(len(tokens)):
        for end in range(len(tokens), begin, -1):
            known = _by_name().get("".join(one[0] for one in tokens[begin:end]).casefold())
            if known:
                before = base[: tokens[begin].start()].strip("-_. ")
                rest = _PLACE.sub("", base[tokens[end - 1].end() :]).strip("-_. ")
                return _file_name(known, [before, *reversed(folder.split("/"))], rest)
    return None


def _file_name(known: Sequence[str], hints: Sequence[str], rest: str) -> FileName:
    page = _PAGE.fullmatch(rest)
    number, about = (int(page[1]), "") if page else (0, rest)
    services = [part for hint in hints for part in _services_in(hint)]
    for service in services:
        for one in known:
            if one.startswith(f"{service}."):
                return FileName(one, number, about)
    name = known[0].partition(".")[2]
    return FileName(known[0] if len(known) == 1 else f"{_ANY}.{name}", number, about)


def _services_in(hint: str) -> Iterator[str]:
    folded = hint.casefold()
    for word in (folded, *reversed(re.split(r"[-_. ]", folded))):
        yield _SERVICES.get(word, word)


@cache
def _by_name() -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for operation in sorted(MAPPED):
        found.setdefault(_plain(operation.partition(".")[2]), []).append(operation)
    return found


def _plain(name: str) -> str:
    return re.sub(r"[-_]", "", name).casefold()
