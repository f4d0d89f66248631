"""Nmap's XML: open ports are inventory; what a script calls vulnerable is a finding.

It reads the structured results of Nmap's vulnerability scripts and of `vulners`, and the word VULNERABLE in the text of
others. A script that failed is a skipped record, because nothing is known of what it should have tested.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Informational,
    Kind,
    Observation,
    Record,
    Report,
    Skipped,
    new_observation,
)
from tesuri.model.severity import Severity, severity_from_score, severity_from_word
from tesuri.untrusted.advisory import advisories_in, aliases_of
from tesuri.untrusted.fix import web_links
from tesuri.untrusted.instant import instant
from tesuri.untrusted.markup import addresses_in
from tesuri.untrusted.port import port_name
from tesuri.untrusted.score import cvss_from
from tesuri.untrusted.shape import number
from tesuri.untrusted.xml_document import (
    NOTHING,
    Element,
    attribute,
    child,
    children,
    element,
)

# From: https://nmap.org/nsedoc/lib/vulns.html (states)
_SAYS_VULNERABLE = re.compile(r"(?<!NOT )\b(?:LIKELY )?VULNERABLE\b")
_RISK = re.compile(r"Risk factor:\s*(\w+)", re.IGNORECASE)
_VULNERS_LINE = re.compile(r"\s*(CVE-\d{4}-\d{4,10})\s+(\d{1,2}(?:\.\d+)?)\s+(https?://\S+)")
_FAILED = re.compile(r"\s*(?:ERROR:|Script execution failed)")


@dataclass(frozen=True, slots=True)
class _Script:
    """A script's result with the host and port that it is about."""

    element: Element
    host: str
    port: str
    service: str

    @property
    def name(self) -> str:
        return attribute(self.element, "id")

    @property
    def output(self) -> str:
        return attribute(self.element, "output")


def _recognise(document: object) -> Likeness:
    root = element(document)
    if root.name != "nmaprun":
        return Likeness(0)
    return Likeness(100, ("root element nmaprun",))


def _read(document: object) -> Report:
    root = element(document)
    if root.name != "nmaprun":
        raise BadInput("An Nmap report is XML with the root element 'nmaprun'.")
    names = {_host_name(host) for host in children(root, "host")} - {""}
    finished = child(root, "runstats", "finished")
    ended = instant(attribute(finished, "time")) or instant(attribute(root, "start"))
    return Report(
        format="nmap",
        version=attribute(root, "xmloutputversion"),
        tool=attribute(root, "scanner").lower() or "nmap",
        tool_version=attribute(root, "version"),
        target=names.pop() if len(names) == 1 else "",
        configuration=_configuration(root),
        scanned_at=ended or instant(attribute(root, "startstr")),
        records=_records(root),
        is_complete=finished is not NOTHING and attribute(finished, "exit") in {"", "success"},
    )


def _configuration(root: Element) -> str:
    """Give the kinds of scan with their number of ports; the command line names files and dates."""
    kinds = (
        f"{attribute(kind, 'type')}/{attribute(kind, 'protocol')} "
        f"{attribute(kind, 'numservices')} ports"
        for kind in children(root, "scaninfo")
    )
    return ", ".join(kinds)


def _host_name(host: Element) -> str:
    by_type = {
        attribute(address, "addrtype"): attribute(address, "addr")
        for address in children(host, "address")
    }
    return next((by_type[kind] for kind in ("ipv4", "ipv6", "mac") if by_type.get(kind)), "")


def _records(root: Element) -> Iterator[Record]:
    for host in children(root, "host"):
        name = _host_name(host)
        for port in children(host, "ports", "port"):
            yield from _port(port, name)
        for script in children(host, "hostscript", "script"):
            yield from _script(_Script(script, name, "", ""))
    for stage in ("prescript", "postscript"):
        for script in children(root, stage, "script"):
            yield from _script(_Script(script, "", "", ""))


def _port(port: Element, host: str) -> Iterator[Record]:
    service = child(port, "service")
    name = port_name(attribute(port, "portid"), attribute(port, "protocol"))
    state = attribute(child(port, "state"), "state") or "unknown"
    words = (attribute(service, key) for key in ("product", "version"))
    product = " ".join(word for word in words if word) or attribute(service, "name")
    about = f" ({product})" if product else ""
    yield Informational(port.pointer, f"inventory, {state} port: {name}{about}")
    for script in children(port, "script"):
        yield from _script(_Script(script, host, name, product))


def _script(script: _Script) -> Iterator[Record]:
    pointer = script.element.pointer
    if _FAILED.match(script.output):
        yield Skipped(pointer, f"the script {script.name} failed: {script.output.strip()[:200]}")
        return
    tables = [table for table in _tables(script.element) if _elem(table, "state")]
    if script.name == "vulners":
        yield from _vulners(script)
    elif tables:
        yield from (_state(script, table) for table in tables)
    elif _SAYS_VULNERABLE.search(script.output):
        yield _from_text(script)


def _tables(parent: Element) -> Iterator[Element]:
    for table in children(parent, "table"):
        yield table
        yield from _tables(table)


def _elem(table: Element, key: str) -> str:
    found = (one.text.strip() for one in children(table, "elem") if attribute(one, "key") == key)
    return next(found, "")


def _listed(table: Element, key: str) -> tuple[str, ...]:
    inner = (one for one in children(table, "table") if attribute(one, "key") == key)
    return tuple(word.text.strip() for one in inner for word in children(one, "elem"))


def _state(script: _Script, table: Element) -> Record:
    """Read one result of the vulnerability library."""
    state = _elem(table, "state").upper()
    title = _elem(table, "title") or attribute(table, "key") or script.name
    if not _SAYS_VULNERABLE.search(state):
        is_clean = state.startswith("NOT VULNERABLE")
        words = "passed" if is_clean else f"the script could not tell ({state[:40]}): {title[:120]}"
        return (Informational if is_clean else Skipped)(table.pointer, words)
    risk = _RISK.search(script.output)
    names = (*_listed(table, "ids"), attribute(table, "key"))
    return new_observation(
        kind=Kind.VULNERABILITY,
        rule=script.name or title,
        title=title,
        severity=severity_from_word(risk[1]) if risk else Severity.UNKNOWN,
        pointer=table.pointer,
        description="\n".join((f"State: {state}", *_listed(table, "description"))),
        advisories=advisories_in(*names),
        resource=script.port,
        resource_type="port" if script.port else "",
        target=script.host,
        published_at=instant(_elem(table, "disclosure")),
        links=web_links(_listed(table, "refs")),
    )


def _vulners(script: _Script) -> Iterator[Record]:
    """Read the advisories that `vulners` lists for a service's version; exploits only point to them."""
    entries = [table for table in _tables(script.element) if _elem(table, "id")]
    if not entries:
        for line in script.output.splitlines():
            if found := _VULNERS_LINE.match(line):
                yield _advisory(script, found[1], found[2], script.element.pointer)
        return
    for entry in entries:
        if _elem(entry, "type").lower() in {"", "cve"} or _elem(entry, "id").startswith("CVE-"):
            yield _advisory(script, _elem(entry, "id"), _elem(entry, "cvss"), entry.pointer)
        else:
            name = _elem(entry, "id")[:80]
            yield Informational(entry.pointer, f"inventory: an exploit or note ({name})")


def _advisory(script: _Script, name: str, score: str, pointer: str) -> Observation:
    cvss = cvss_from("", number(score))
    return new_observation(
        kind=Kind.VULNERABILITY,
        rule=name,
        title=f"{name} in {script.service or 'the service'}",
        severity=severity_from_score(cvss.score) if cvss else Severity.UNKNOWN,
        pointer=pointer,
        description="Listed by vulners for the version that the service shows.",
        advisories=aliases_of(name),
        resource=script.port,
        resource_type="port" if script.port else "",
        target=script.host,
        cvss=cvss,
    )


def _from_text(script: _Script) -> Observation:
    lines = [line.strip() for line in script.output.splitlines() if line.strip()]
    titles = [line for line in lines if not _SAYS_VULNERABLE.match(line)]
    risk = _RISK.search(script.output)
    return new_observation(
        kind=Kind.VULNERABILITY,
        rule=script.name or "script",
        title=titles[0][:200] if titles else f"{script.name or 'A script'} says vulnerable",
        severity=severity_from_word(risk[1]) if risk else Severity.UNKNOWN,
        pointer=script.element.pointer,
        description=script.output,
        advisories=advisories_in(script.output),
        resource=script.port,
        resource_type="port" if script.port else "",
        target=script.host,
        links=addresses_in(script.output),
    )


FORMAT = Format(
    name="nmap",
    title="Nmap XML",
    documents=("xml",),
    recognise=_recognise,
    read=_read,
)
