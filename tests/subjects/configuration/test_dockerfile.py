"""Dockerfiles as the list of their instructions."""

import pytest

from tesuri.model.errors import BadInput
from tesuri.subjects.configuration.dockerfile import read_dockerfile

MANY = """# syntax=docker/dockerfile:1
FROM --platform=linux/amd64 golang:1.22 AS build
ARG A=1 B
ENV K="a b" L=c
ENV old some value
# why
RUN apt-get update && \\
    # not said
    apt-get install -y curl
COPY --from=build --chown=1:1 a b /app/
RUN <<END
echo FROM nothing
END
FROM scratch
HEALTHCHECK --interval=5s CMD ["curl", "-f", "x"]
ONBUILD RUN make
entrypoint ["/app", "serve"]
CMD echo hi
"""


def test_each_instruction_says_its_stage_flags_and_values() -> None:
    found = read_dockerfile(MANY, where="Dockerfile")
    told = [(one["Cmd"], one["Flags"] or [], one["Value"], one["Stage"]) for one in found]
    assert told == [
        ("comment", [], ["syntax=docker/dockerfile:1"], 0),
        ("from", ["--platform=linux/amd64"], ["golang:1.22", "AS", "build"], 0),
        ("arg", [], ["A=1", "B"], 0),
        ("env", [], ["K", '"a b"', "=", "L", "c", "="], 0),
        ("env", [], ["old", "some value", ""], 0),
        ("comment", [], ["why"], 0),
        ("run", [], ["apt-get update &&     apt-get install -y curl"], 0),
        ("copy", ["--from=build", "--chown=1:1"], ["a", "b", "/app/"], 0),
        ("run", [], ["<<END"], 0),
        ("from", [], ["scratch"], 1),
        ("healthcheck", ["--interval=5s"], ["CMD", "curl", "-f", "x"], 1),
        ("onbuild", [], ["make"], 1),
        ("entrypoint", [], ["/app", "serve"], 1),
        ("cmd", [], ["echo hi"], 1),
    ]
    assert [one["SubCmd"] for one in found if one["SubCmd"]] == ["RUN"]
    assert [one["Cmd"] for one in found if one["JSON"]] == ["healthcheck", "entrypoint"]


@pytest.mark.parametrize("text", ["# only\n", "FRUM a\n", "ONBUILD\n", "{}\n"])
def test_what_is_no_dockerfile_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        read_dockerfile(text, where="Dockerfile")
