"""One file (or folder) for each report format; this tuple is the only list of them."""

from tesuri.formats.generic.comma_separated import FORMAT as GENERIC_CSV
from tesuri.formats.generic.json_findings import FORMAT as GENERIC_JSON
from tesuri.formats.grype import FORMAT as GRYPE
from tesuri.formats.prowler_ocsf import FORMAT as PROWLER_OCSF
from tesuri.formats.sarif.report import FORMAT as SARIF
from tesuri.formats.trivy import FORMAT as TRIVY
from tesuri.model.format import Format

FORMATS: tuple[Format, ...] = (SARIF, TRIVY, GRYPE, PROWLER_OCSF, GENERIC_CSV, GENERIC_JSON)
