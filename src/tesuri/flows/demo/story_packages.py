"""The dependencies that the demo's story tells of. Advisories, versions and what they say are invented."""

from typing import Final

from tesuri.flows.demo.faults import Vulnerable
from tesuri.flows.demo.vulnerabilities import ghsa
from tesuri.model.severity import Severity

OPENSSL: Final = Vulnerable(
    advisory="CVE-2026-90412",
    package="openssl",
    ecosystem="deb",
    installed="3.0.7-1",
    fixed="3.0.16-1~deb12u1",
    severity=Severity.CRITICAL,
    score=9.8,
    vector="CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
    title="openssl: a crafted certificate can run code",
    weakness="CWE-787",
)
EXPORT: Final = Vulnerable(
    advisory="CVE-2026-90377",
    package="xmlsec-stream",
    ecosystem="pypi",
    installed="2.3.0",
    fixed="2.3.5",
    severity=Severity.CRITICAL,
    score=9.1,
    vector="CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N",
    title="xmlsec-stream: a signature is accepted without its session being checked",
    weakness="CWE-347",
    alias=ghsa(90377),
)
TEMPLATE: Final = Vulnerable(
    advisory="CVE-2026-90221",
    package="paper-templates",
    ecosystem="npm",
    installed="2.8.0",
    fixed="2.8.6",
    severity=Severity.HIGH,
    score=8.6,
    vector="CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:L",
    title="paper-templates: a template name can load another merchant's file",
    weakness="CWE-22",
    alias=ghsa(90221),
)
QUEUE: Final = Vulnerable(
    advisory="CVE-2026-90305",
    package="amq-stream",
    ecosystem="golang",
    installed="1.9.2",
    fixed="1.9.7",
    severity=Severity.HIGH,
    score=7.5,
    vector="CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:H",
    title="amq-stream: a header without an end stops the consumer",
    weakness="CWE-400",
    alias=ghsa(90305),
)
PARSER: Final = Vulnerable(
    advisory="CVE-2026-90288",
    package="iso-parser",
    ecosystem="npm",
    installed="5.2.0",
    fixed="5.2.3",
    severity=Severity.HIGH,
    score=8.2,
    vector="CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:H/A:N",
    title="iso-parser: a message can be read as one of another bank",
    weakness="CWE-436",
    alias=ghsa(90288),
)
CACHE: Final = Vulnerable(
    advisory="CVE-2026-90164",
    package="edge-cache",
    ecosystem="npm",
    installed="3.1.0",
    fixed="3.1.9",
    severity=Severity.HIGH,
    score=7.5,
    vector="CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:H/I:H/A:H",
    title="edge-cache: an answer is kept for the wrong user",
    weakness="CWE-524",
    alias=ghsa(90164),
)
CODEC: Final = Vulnerable(
    advisory="CVE-2026-90118",
    package="lz-codec",
    ecosystem="pypi",
    installed="1.4.1",
    fixed="1.4.4",
    severity=Severity.HIGH,
    score=7.7,
    vector="CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:N/I:H/A:L",
    title="lz-codec: a crafted block writes past its buffer",
    weakness="CWE-787",
    alias=ghsa(90118),
)
