"""One file (or folder) for each report format; this tuple is the only list of them."""

from tesuri.formats.anchore.ctl import FORMAT as ANCHORECTL
from tesuri.formats.anchore.engine import FORMAT as ANCHORE_ENGINE
from tesuri.formats.aws.asff import FORMAT as ASFF
from tesuri.formats.aws.guardduty import FORMAT as GUARDDUTY
from tesuri.formats.aws.inspector2 import FORMAT as AWS_INSPECTOR2
from tesuri.formats.bandit import FORMAT as BANDIT
from tesuri.formats.burp_api import FORMAT as BURP_API
from tesuri.formats.burp_xml import FORMAT as BURP_XML
from tesuri.formats.checkov import FORMAT as CHECKOV
from tesuri.formats.clair.klar import FORMAT as CLAIR_KLAR
from tesuri.formats.clair.scanner import FORMAT as CLAIR
from tesuri.formats.cloudsploit import FORMAT as CLOUDSPLOIT
from tesuri.formats.csaf import FORMAT as CSAF
from tesuri.formats.cyclonedx.report import FORMAT as CYCLONEDX
from tesuri.formats.dependency_check.report import FORMAT as DEPENDENCY_CHECK
from tesuri.formats.dependency_track import FORMAT as DEPENDENCY_TRACK
from tesuri.formats.detect_secrets import FORMAT as DETECT_SECRETS
from tesuri.formats.dockle import FORMAT as DOCKLE
from tesuri.formats.ecr_scan import FORMAT as ECR_SCAN
from tesuri.formats.falco import FORMAT as FALCO
from tesuri.formats.generic.comma_separated import FORMAT as GENERIC_CSV
from tesuri.formats.generic.json_findings import FORMAT as GENERIC_JSON
from tesuri.formats.github.code_scanning import FORMAT as GITHUB_CODE_SCANNING
from tesuri.formats.github.dependabot import FORMAT as GITHUB_DEPENDABOT
from tesuri.formats.github.secret_scanning import FORMAT as GITHUB_SECRET_SCANNING
from tesuri.formats.gitlab.container import FORMAT as GITLAB_CONTAINER
from tesuri.formats.gitlab.dependency import FORMAT as GITLAB_DEPENDENCY
from tesuri.formats.gitlab.source_code import FORMAT as GITLAB_SAST
from tesuri.formats.gitleaks import FORMAT as GITLEAKS
from tesuri.formats.gosec import FORMAT as GOSEC
from tesuri.formats.grype import FORMAT as GRYPE
from tesuri.formats.hadolint import FORMAT as HADOLINT
from tesuri.formats.kics import FORMAT as KICS
from tesuri.formats.kube_bench import FORMAT as KUBE_BENCH
from tesuri.formats.kubeaudit import FORMAT as KUBEAUDIT
from tesuri.formats.kubescape import FORMAT as KUBESCAPE
from tesuri.formats.nessus.nessus_file import FORMAT as NESSUS_XML
from tesuri.formats.nessus.table import FORMAT as NESSUS_CSV
from tesuri.formats.nmap import FORMAT as NMAP
from tesuri.formats.npm_audit_6.report import FORMAT as NPM_AUDIT_6
from tesuri.formats.npm_audit_7 import FORMAT as NPM_AUDIT_7
from tesuri.formats.nuclei import FORMAT as NUCLEI
from tesuri.formats.openvas.table import FORMAT as OPENVAS_CSV
from tesuri.formats.openvas.xml_report import FORMAT as OPENVAS_XML
from tesuri.formats.openvex import FORMAT as OPENVEX
from tesuri.formats.osv_scanner import FORMAT as OSV_SCANNER
from tesuri.formats.pip_audit import FORMAT as PIP_AUDIT
from tesuri.formats.prowler_csv import FORMAT as PROWLER_CSV
from tesuri.formats.prowler_ocsf.report import FORMAT as PROWLER_OCSF
from tesuri.formats.prowler_v2_json import FORMAT as PROWLER_V2_JSON
from tesuri.formats.prowler_v3_json import FORMAT as PROWLER_V3_JSON
from tesuri.formats.qualys.asset_report import FORMAT as QUALYS_XML
from tesuri.formats.qualys.scan_result import FORMAT as QUALYS_INFRASCAN
from tesuri.formats.qualys.table import FORMAT as QUALYS_CSV
from tesuri.formats.qualys_vmdr import FORMAT as QUALYS_VMDR
from tesuri.formats.sarif.report import FORMAT as SARIF
from tesuri.formats.scoutsuite import FORMAT as SCOUTSUITE
from tesuri.formats.semgrep.report import FORMAT as SEMGREP
from tesuri.formats.snyk.report import FORMAT as SNYK
from tesuri.formats.sonarqube import FORMAT as SONARQUBE
from tesuri.formats.tfsec import FORMAT as TFSEC
from tesuri.formats.trivy.report import FORMAT as TRIVY
from tesuri.formats.trivy_operator import FORMAT as TRIVY_OPERATOR
from tesuri.formats.trufflehog import FORMAT as TRUFFLEHOG
from tesuri.formats.trufflehog3 import FORMAT as TRUFFLEHOG3
from tesuri.formats.zap.json_report import FORMAT as ZAP_JSON
from tesuri.formats.zap.xml_report import FORMAT as ZAP_XML
from tesuri.model.format import Format

FORMATS: tuple[Format, ...] = (
    ANCHORECTL,
    ANCHORE_ENGINE,
    ASFF,
    AWS_INSPECTOR2,
    BANDIT,
    BURP_API,
    BURP_XML,
    CHECKOV,
    CLAIR,
    CLAIR_KLAR,
    CLOUDSPLOIT,
    CSAF,
    CYCLONEDX,
    DEPENDENCY_CHECK,
    DEPENDENCY_TRACK,
    DETECT_SECRETS,
    DOCKLE,
    ECR_SCAN,
    FALCO,
    GENERIC_CSV,
    GENERIC_JSON,
    GITHUB_CODE_SCANNING,
    GITHUB_DEPENDABOT,
    GITHUB_SECRET_SCANNING,
    GITLAB_CONTAINER,
    GITLAB_DEPENDENCY,
    GITLAB_SAST,
    GITLEAKS,
    GOSEC,
    GRYPE,
    GUARDDUTY,
    HADOLINT,
    KICS,
    KUBEAUDIT,
    KUBESCAPE,
    KUBE_BENCH,
    NESSUS_CSV,
    NESSUS_XML,
    NMAP,
    NPM_AUDIT_6,
    NPM_AUDIT_7,
    NUCLEI,
    OPENVAS_CSV,
    OPENVAS_XML,
    OPENVEX,
    OSV_SCANNER,
    PIP_AUDIT,
    PROWLER_CSV,
    PROWLER_OCSF,
    PROWLER_V2_JSON,
    PROWLER_V3_JSON,
    QUALYS_CSV,
    QUALYS_INFRASCAN,
    QUALYS_VMDR,
    QUALYS_XML,
    SARIF,
    SCOUTSUITE,
    SEMGREP,
    SNYK,
    SONARQUBE,
    TFSEC,
    TRIVY,
    TRIVY_OPERATOR,
    TRUFFLEHOG,
    TRUFFLEHOG3,
    ZAP_JSON,
    ZAP_XML,
)
