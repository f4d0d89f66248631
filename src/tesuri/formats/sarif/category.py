"""What sort of thing a SARIF result is, and how bad: SARIF itself has a field for neither.

Tools say it by their name, by tags, by the name of a rule or by an advisory's id; each sign is listed here.
"""

import re
from collections.abc import Mapping

from tesuri.formats.sarif.run import Rule, Run
from tesuri.model.observation import Kind
from tesuri.model.severity import Severity, severity_from_score, severity_from_word
from tesuri.untrusted.advisory import advisories_in
from tesuri.untrusted.shape import number, text, texts

_TOOLS = {
    Kind.SECRET: (
        "gitleaks trufflehog trufflehog3 detect-secrets ggshield gitguardian kingfisher noseyparker talisman"
        " whispers secretlint betterleaks"
    ),
    Kind.MISCONFIGURATION: (
        "kics checkov tfsec terrascan kubescape kube-linter kubelinter kube-score kubesec kubeaudit polaris dockle"
        " hadolint cfn-lint cfn_nag regula conftest prowler cloudsploit steampipe datree"
    ),
    Kind.WEB: "zap owasp-zap burp nuclei nikto wapiti arachni stackhawk dastardly hawkscan",
    Kind.VULNERABILITY: (
        "grype osv-scanner govulncheck dependency-check pip-audit npm-audit cargo-audit cargo-deny docker-scout"
    ),
}
_KIND_OF_TOOL = {tool: kind for kind, tools in _TOOLS.items() for tool in tools.split()}
_TAGS = (
    (Kind.SECRET, {"secret", "secrets"}),
    (Kind.LICENCE, {"license", "licence"}),
    (Kind.MISCONFIGURATION, {"misconfiguration", "iac", "infrastructure-as-code"}),
    (Kind.VULNERABILITY, {"vulnerability"}),
)
_SNYK_PACKAGE = re.compile(r"SNYK-[A-Z]", re.IGNORECASE)
_SECRET_RULE = re.compile(r"(?:^|[./_-])(?:secrets|CKV2?_SECRET)(?:[./_-]|$)", re.IGNORECASE)
_WORD_KEYS = (
    "severity",
    "issue_severity",
    "cvssv3_severity",
    "cvssV3_severity",
    "problem.severity",
)
_TAG_WORDS = frozenset({"CRITICAL", "HIGH", "MEDIUM", "LOW", "UNKNOWN"})


def kind_of(result: Mapping[str, object], rule: Rule, run: Run) -> Kind:
    """Give the kind that the first sign names: tags, the rule's name, the tool; a code weakness else."""
    tags = {tag.lower() for tag in (*texts(rule, "properties", "tags"), *tags_of(result))}
    for kind, words in _TAGS:
        if tags & words:
            return kind
    name = text(result, "ruleId") or text(rule, "id")
    if _SECRET_RULE.search(name) or text(rule, "name").lower() == "secret":
        return Kind.SECRET
    tool = _KIND_OF_TOOL.get(re.sub(r"[\s_]+", "-", run.tool))
    if tool is not None and tool is not Kind.WEB:
        return tool
    if advisories_in(name) or _SNYK_PACKAGE.match(name):
        return Kind.VULNERABILITY
    is_web = text(result, "webRequest", "target").startswith("http")
    return Kind.WEB if tool is Kind.WEB or is_web else Kind.WEAKNESS


def tags_of(result: Mapping[str, object]) -> tuple[str, ...]:
    """Give the tags of the result itself."""
    return texts(result, "properties", "tags")


def severity_of(result: Mapping[str, object], rule: Rule, run: Run) -> Severity:
    """Give the severity by score, then by word, then by tag, then by SARIF's own level."""
    for part in (result, rule):
        given = number(part, "properties", "security-severity")
        if given:
            return severity_from_score(given)
    for part in (result, rule):
        for key in ("security-severity", *_WORD_KEYS):
            found = severity_from_word(text(part, "properties", key))
            if found is not Severity.UNKNOWN:
                return found
    for tag in texts(rule, "properties", "tags"):
        if tag in _TAG_WORDS:
            return severity_from_word(tag)
    return severity_from_word(run.level_of(result, rule))
