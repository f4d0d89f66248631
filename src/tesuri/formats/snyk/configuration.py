"""One issue of a configuration file, as `snyk iac test` writes it."""

import re
from collections.abc import Mapping

from tesuri.formats.snyk.dependency import Project
from tesuri.model.observation import Kind, Record, Skipped, new_observation, new_place
from tesuri.model.severity import severity_from_word
from tesuri.untrusted.fix import web_links
from tesuri.untrusted.shape import mapping, text, texts, whole

_NAMED = re.compile(r"([\w-]+)\[(.+)\]")


def configuration_record(issue: object, pointer: str, project: Project) -> Record:
    """Give the finding that an entry of `infrastructureAsCodeIssues` means."""
    entry = mapping(issue)
    name = text(entry, "publicId") or text(entry, "id")
    if not name:
        return Skipped(pointer, "the record has no id")
    type_, resource = _resource(entry)
    described = mapping(entry, "iacDescription")
    told = [text(described, key) or text(entry, key) for key in ("issue", "impact")]
    sentences = [part for part in told if part] or [text(entry, "description")]
    return new_observation(
        kind=Kind.MISCONFIGURATION,
        rule=name,
        title=text(entry, "title") or name,
        severity=severity_from_word(text(entry, "severity")),
        pointer=pointer,
        description="\n\n".join(sentences),
        remedy=text(described, "resolve") or text(entry, "resolve"),
        place=new_place(path=project.path, line=whole(entry, "lineNumber")),
        resource=resource,
        resource_type=type_,
        target=project.target,
        links=web_links((text(entry, "documentation"), *texts(entry, "references"))),
    )


def _resource(entry: Mapping[str, object]) -> tuple[str, str]:
    """Give type and address of the resource; `resource > aws_s3_bucket[logs] > acl` is aws_s3_bucket.logs.

    Kubernetes and CloudFormation paths keep their spelling: the file tells the resource there.
    """
    path = [word for word in texts(entry, "path") if word]
    words = path or [word for word in text(entry, "msg").split(".") if word]
    for word in words:
        found = _NAMED.fullmatch(word)
        # Kubernetes numbers its documents: [DocId: 0].
        if found and not found[2].startswith("DocId"):
            return found[1], f"{found[1]}.{found[2]}"
    return "", ".".join(words)
