"""One SARIF result to one record: what was seen, where, and whether anybody has to act."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from html import unescape

from tesuri.formats.sarif.category import kind_of, severity_of, tags_of
from tesuri.formats.sarif.package import package_in
from tesuri.formats.sarif.run import Rule, Run
from tesuri.model.observation import (
    Cvss,
    Informational,
    Kind,
    Observation,
    Package,
    Place,
    Record,
    Skipped,
    Suppressed,
    new_observation,
    new_place,
)
from tesuri.untrusted.advisory import aliases_of, weaknesses_in
from tesuri.untrusted.score import cvss_from
from tesuri.untrusted.secret_text import real_secret, without_literals
from tesuri.untrusted.shape import items, mapping, number, shape_name, text, texts, whole

_MAX_TITLE = 200
_SECRET_KEYS = ("offender", "secret", "raw", "match", "rawSecret")
# Fingerprints that change with the line, the column, the whole file or the person are none.
_UNSTABLE = re.compile(r"column|filehash|commit|author|email|date|startline", re.IGNORECASE)
_PLACEHOLDERS = frozenset({"requires login"})
# Bandit's, Semgrep's and CodeQL's names: hardcoded_password_string, hard-coded credentials, hardcoded-jwt-secret …
_HARD_CODED = re.compile(
    r"hard.?coded.{0,40}?(?:pass|secret|credential|token|key)|B10[567]\b", re.IGNORECASE
)
_CREDENTIAL_WEAKNESSES = frozenset({"CWE-259", "CWE-321", "CWE-798"})


def read_result(result: object, pointer: str, run: Run) -> Record:
    """Give the record that a result means; never raises, whatever its shape."""
    if not isinstance(result, dict):
        return Skipped(pointer, f"the result is {shape_name(result)}, not a mapping")
    kind = text(result, "kind").lower()
    if kind not in {"", "fail"}:
        return Informational(pointer, f"kind {kind}")
    if text(result, "baselineState").lower() == "absent":
        return Informational(pointer, "absent: only the baseline had it")
    observation = _observation(result, pointer, run)
    if not observation.rule:
        return Skipped(pointer, "the result names no rule and has no message")
    for suppression in items(result, "suppressions"):
        status = text(suppression, "status") or text(suppression, "state") or "accepted"
        if status.lower() == "accepted":
            return Suppressed(pointer, _reason(suppression), observation)
    return observation


def _reason(suppression: object) -> str:
    place = "in the source" if text(suppression, "kind").lower() == "insource" else "in the tool"
    justification = text(suppression, "justification")
    return f"suppressed {place}: {justification}" if justification else f"suppressed {place}"


def _observation(result: Mapping[str, object], pointer: str, run: Run) -> Observation:
    rule = run.rule_of(result)
    message = run.message_of(result, rule)
    kind = kind_of(result, rule, run)
    name = text(result, "ruleId") or text(result, "rule", "id") or text(rule, "id")
    weaknesses = _weaknesses(result, rule)
    is_secret = kind is Kind.SECRET
    has_secret = is_secret or quotes_credentials(weaknesses, name, text(rule, "name"), message)
    secret = _secret(result) if has_secret else ""
    shown = without_literals(message, secret) if has_secret else message
    package = package_in(result, rule, message, run) if kind is Kind.VULNERABILITY else None
    return new_observation(
        kind=kind,
        rule=_rule_name(name, message, run, is_secret=is_secret),
        title=_title(rule, shown) or name,
        severity=severity_of(result, rule, run),
        pointer=pointer,
        description=_description(rule, shown),
        remedy=_remedy(result, rule, package),
        advisories=_advisories(name, rule, message) if kind is Kind.VULNERABILITY else (),
        weaknesses=weaknesses,
        package=package,
        place=_place(result, run),
        resource=_resource(result) if kind is Kind.MISCONFIGURATION else "",
        cvss=_cvss(result, rule),
        fingerprints=() if is_secret else _fingerprints(result),
        context=_context(result, has_secret=has_secret, is_secret=is_secret),
        secret=secret if is_secret else "",
        has_fix=True if package is not None and package.fixed_versions else None,
        links=tuple(dict.fromkeys((*texts(rule, "helpUri"), *texts(result, "hostedViewerUri")))),
    )


def _rule_name(name: str, message: str, run: Run, *, is_secret: bool) -> str:
    """Give the rule's id; of a tool that writes none, the rule whose name begins the message."""
    if name:
        return name
    known = [rule for rule in run.rules if message.lower().startswith(rule.lower())]
    if known:
        return max(known, key=len)
    return _first_line(without_literals(message) if is_secret else message)[:100]


def _title(rule: Rule, message: str) -> str:
    name, short = text(rule, "name"), unescape(text(rule, "shortDescription", "text"))
    # Semgrep's says nothing but the rule's id.
    said = _first_line(message) if short.startswith("Semgrep Finding:") else ""
    given = (
        said
        or short
        or _first_sentence(text(rule, "fullDescription", "text"))
        or (name if " " in name else "")
        or _first_line(message)
        or name
        or text(rule, "id")
    )
    return given if len(given) <= _MAX_TITLE else f"{given[: _MAX_TITLE - 1]}…"


def _description(rule: Rule, message: str) -> str:
    sentences = (message, text(rule, "fullDescription", "text"))
    return "\n\n".join(dict.fromkeys(sentence for sentence in sentences if sentence))


def _remedy(result: Mapping[str, object], rule: Rule, package: Package | None) -> str:
    if package is not None:
        fixes = " or ".join(package.fixed_versions)
        # A rule's help speaks of whichever package the scanner met first.
        return f"Update {package.name} to {fixes}." if fixes else ""
    return text(result, "fixes", 0, "description", "text") or text(rule, "help", "text")


def _advisories(name: str, rule: Rule, message: str) -> tuple[str, ...]:
    also_known = message.partition("also known as")[2]
    tags = texts(rule, "properties", "tags")
    # Snyk's own ids stand for one vulnerability, and the rule's description begins with its CVE.
    described = text(rule, "fullDescription", "text") if name.upper().startswith("SNYK-") else ""
    others = (text(rule, "id"), *texts(rule, "deprecatedIds"), *tags, also_known, described)
    return aliases_of(name, *others)


def _weaknesses(result: Mapping[str, object], rule: Rule) -> tuple[str, ...]:
    taxa = [text(taxon, "id") for taxon in items(result, "taxa") if _is_cwe(taxon)]
    targets = [mapping(relation, "target") for relation in items(rule, "relationships")]
    taxa += [text(target, "id") for target in targets if _is_cwe(target)]
    spelled = [taxon if "-" in taxon else f"CWE-{taxon}" for taxon in taxa]
    properties = (
        *texts(rule, "properties", "cwe"),
        *texts(result, "properties", "cwe"),
        *texts(rule, "properties", "cweIds"),
    )
    return weaknesses_in(
        *spelled, *texts(rule, "properties", "tags"), *tags_of(result), *properties
    )


def _is_cwe(taxon: object) -> bool:
    return text(taxon, "toolComponent", "name").upper() == "CWE"


def _place(result: Mapping[str, object], run: Run) -> Place:
    physical = mapping(result, "locations", 0, "physicalLocation")
    uri = run.uri_of(physical.get("artifactLocation"))
    uri = uri or run.uri_of(result.get("analysisTarget"))
    target = text(result, "webRequest", "target")
    method = text(result, "webRequest", "method").upper()
    if uri.startswith(("http:", "https:")) or target:
        return new_place(method=method, url=target or uri)
    return new_place(path=uri, line=whole(physical, "region", "startLine"))


def _resource(result: Mapping[str, object]) -> str:
    place = mapping(result, "locations", 0, "logicalLocations", 0)
    return text(place, "fullyQualifiedName") or text(place, "name")


def _cvss(result: Mapping[str, object], rule: Rule) -> Cvss | None:
    for part in (result, rule):
        properties = mapping(part, "properties")
        vector = text(properties, "cvssV3") or text(properties, "cvssv3_vector")
        score = number(properties, "cvssv3_baseScore") or number(properties, "cvssV3_score")
        if (found := cvss_from(vector, score)) is not None:
            return found
    return None


def _fingerprints(result: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    return stable_fingerprints(
        {**mapping(result, "partialFingerprints"), **mapping(result, "fingerprints")}
    )


def stable_fingerprints(given: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Give those that do not change with a line, a file or a person, by name."""
    named = sorted(given.items()) if len(given) > 1 else given.items()
    return tuple(
        [
            (name, word)
            for name, value in named
            if (word := text(value)) and word not in _PLACEHOLDERS and _is_stable(name)
        ]
    )


@lru_cache(maxsize=256)
def _is_stable(name: str) -> bool:
    return not _UNSTABLE.search(name)


def _snippet(result: Mapping[str, object]) -> str:
    physical = mapping(result, "locations", 0, "physicalLocation")
    own = text(physical, "region", "snippet", "text")
    return own or text(physical, "contextRegion", "snippet", "text")


def _context(result: Mapping[str, object], *, has_secret: bool, is_secret: bool) -> str:
    if is_secret:
        return ""
    return without_literals(_snippet(result)) if has_secret else _snippet(result)


def quotes_credentials(weaknesses: Iterable[str], *words: str) -> bool:
    """Whether a result is about a password in the code, so that its message and its line may quote it."""
    return not _CREDENTIAL_WEAKNESSES.isdisjoint(weaknesses) or any(
        _HARD_CODED.search(part) for part in words
    )


def _secret(result: Mapping[str, object]) -> str:
    named = (text(result, "properties", key) for key in _SECRET_KEYS)
    return real_secret(*named, _snippet(result))


def _first_line(words: str) -> str:
    return words.partition("\n")[0].strip()


def _first_sentence(words: str) -> str:
    return _first_line(words).partition(". ")[0].strip()
