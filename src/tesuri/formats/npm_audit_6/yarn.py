"""What `yarn audit --json` writes: one line for each way to an advisory (Yarn 1) or for each advisory (Yarn 4).

Yarn 1 repeats an advisory for each path that leads to it; the first one is the finding, the others are counted.
"""

from collections.abc import Callable, Iterator

from tesuri.model.format import Likeness
from tesuri.model.observation import Informational, Kind, Record, Report, Skipped, new_observation
from tesuri.model.severity import severity_from_word
from tesuri.untrusted.advisory import advisories_in, aliases_of
from tesuri.untrusted.fix import web_links
from tesuri.untrusted.package_url import package_named
from tesuri.untrusted.record_list import Entry, first_records, listed_records
from tesuri.untrusted.shape import mapping, text, texts

_ReadAdvisory = Callable[[object, str, str], Record]


def yarn_likeness(document: object) -> Likeness | None:
    """Give the likeness of lines of Yarn; None for any other document."""
    found = first_records(document)
    if any(text(line, "type") == "auditAdvisory" for line in found):
        return Likeness(95, ("lines of type auditAdvisory",))
    if any("Tree Versions" in mapping(line, "children") for line in found):
        return Likeness(95, ("lines of value and children with Tree Versions",))
    is_summary = bool(found) and all(text(line, "type") == "auditSummary" for line in found)
    return Likeness(85, ("a line of type auditSummary",)) if is_summary else None


def read_yarn(document: object, read_advisory: _ReadAdvisory) -> Report:
    """Read lines of Yarn; `read_advisory` reads an advisory in npm's own shape."""
    return Report(
        format="npm-audit-6",
        version="yarn",
        tool="yarn-audit",
        tool_version="",
        target="",
        configuration="",
        scanned_at=None,
        records=_records(document, read_advisory),
    )


def _records(document: object, read_advisory: _ReadAdvisory) -> Iterator[Record]:
    seen: set[str] = set()
    for line in listed_records(document):
        if isinstance(line, Skipped):
            yield line
        elif "children" in line.fields:
            yield _advised(line)
        elif text(line.fields, "type") != "auditAdvisory":
            yield Informational(line.pointer, "a line about the audit itself")
        else:
            advisory = mapping(line.fields, "data", "advisory")
            key = text(advisory, "id") or text(advisory, "url")
            if key and key in seen:
                yield Informational(line.pointer, "another path to the same advisory")
            else:
                seen.add(key)
                yield read_advisory(advisory, key, line.pointer)


def _advised(line: Entry) -> Record:
    about = mapping(line.fields, "children")
    name, title, url = text(line.fields, "value"), text(about, "Issue"), text(about, "URL")
    named = advisories_in(url)
    rule = named[0] if named else f"npm:{text(about, 'ID')}"
    if not name or rule == "npm:":
        return Skipped(line.pointer, "the line names no package or no advisory")
    return new_observation(
        kind=Kind.VULNERABILITY,
        rule=rule,
        title=title or f"{rule} in {name}",
        severity=severity_from_word(text(about, "Severity")),
        pointer=line.pointer,
        description="\n".join(
            (f"Vulnerable: {text(about, 'Vulnerable Versions')}", *texts(about, "Dependents"))
        ),
        advisories=aliases_of(rule),
        package=package_named(name, next(iter(texts(about, "Tree Versions")), ""), ecosystem="npm"),
        links=web_links((url,)),
    )
