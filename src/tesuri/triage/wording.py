"""The sentences of triage in English and Japanese.

An answer stores its reason as the English sentence, so that the journal, the command line and the
API read well by themselves. Each sentence is made from a template here, and `reason_text` finds the
template again to say the same in Japanese. A sentence of an older version stays English.
"""

import re
from typing import Final

from tesuri.model.decision import Answer

_TEMPLATES: Final[dict[str, tuple[str, str]]] = {
    "kev": (
        "{cve} is in the KEV list since {added}.",
        "{cve} は {added} から KEV に掲載されています。",
    ),
    "kev-ransomware": (
        "{cve} is in the KEV list since {added} and is used for ransomware.",
        "{cve} は {added} から KEV に掲載され、ランサムウェアに使われています。",
    ),
    "cvss-attacked": (
        "The CVSS vector says that it is attacked, which the KEV list does not confirm.",
        "CVSS ベクトルは攻撃ありとしていますが、KEV では確認できません。",
    ),
    "exploit": (
        "A public exploit for {cve} is known: {sources}.",
        "{cve} の公開された攻撃コードがあります:{sources}。",
    ),
    "cvss-poc": (
        "The CVSS vector says that an exploit is public.",
        "CVSS ベクトルが攻撃コードの公開を示しています。",
    ),
    "epss-poc": (
        "EPSS gives {score} % for {cve}, at or above the limit of 10 %.",
        "{cve} の EPSS は {score} % で、基準の 10 % 以上です。",
    ),
    "not-exploited": (
        "No sign of exploitation in {feeds}.",
        "{feeds} に悪用の兆候はありません。",
    ),
    "no-kev": (
        "No KEV list is loaded, so nobody knows; taken as not exploited.",
        "KEV が読み込まれていないため不明です。悪用なしとみなします。",
    ),
    "no-cve": (
        "The finding names no CVE that the feeds could be asked for; taken as not exploited.",
        "照会できる CVE がないため不明です。悪用なしとみなします。",
    ),
    "secret-verified": (
        "The scanner logged in with the secret: it works for whoever has it.",
        "スキャナーがシークレットでログインできました。誰でも使えます。",
    ),
    "secret": (
        "Whoever reads the file has the secret; nobody has checked whether it still works.",
        "ファイルを読めば誰でも使えます。まだ有効かは未確認です。",
    ),
    "secret-automatable": (
        "Leaked secrets are collected and tried by machines.",
        "漏えいしたシークレットは機械的に収集され試されます。",
    ),
    "misconfiguration-poc": (
        "A misconfiguration of {severity} severity that the internet can reach needs no exploit.",
        "インターネットから届く重大度 {severity} の設定不備は、攻撃コードなしで悪用できます。",
    ),
    "misconfiguration-none": (
        "A misconfiguration of {severity} severity with exposure {exposure} is not exploited by itself.",
        "重大度 {severity}、露出 {exposure} の設定不備は、それだけでは悪用されません。",
    ),
    "open-automatable": (
        "Whatever is open is found by machines that scan the internet.",
        "公開されたものは、機械的な走査で見つかります。",
    ),
    "closed-not-automatable": (
        "It is not open, so an attacker has to be inside first.",
        "公開されていないため、攻撃者はまず内部に入る必要があります。",
    ),
    "weakness-none": (
        "A pattern in our own code: no exploit is public for it.",
        "自社コードのパターンで、公開された攻撃コードはありません。",
    ),
    "weakness-automatable": (
        "{weakness} of {severity} severity is what attack tools try by themselves.",
        "重大度 {severity} の {weakness} は、攻撃ツールが自動で試します。",
    ),
    "weakness-not-automatable": (
        "Somebody has to understand our code to use it.",
        "悪用するにはコードを理解する必要があります。",
    ),
    "web-poc": (
        "The scanner provoked a {severity} problem over the network; anyone else can too.",
        "スキャナーがネットワーク越しに重大度 {severity} の問題を再現しました。誰でも再現できます。",
    ),
    "web-none": (
        "The scanner saw it over the network; with {severity} severity it is no attack by itself.",
        "ネットワーク越しに検出されましたが、重大度 {severity} ではそれだけで攻撃になりません。",
    ),
    "no-attack": (
        "It is something to settle, not something to attack.",
        "対応は必要ですが、攻撃の対象ではありません。",
    ),
    "vector-automatable": (
        "CVSS {version}: over the network, low complexity, no privileges, no user.",
        "CVSS {version}：ネットワーク経由、低複雑度、権限不要、利用者の操作不要。",
    ),
    "vector-not-automatable": (
        "CVSS {version}: an attack needs access, luck, privileges or a user.",
        "CVSS {version}：攻撃には接近、条件、権限、利用者の操作のいずれかが必要です。",
    ),
    "no-vector": (
        "The report gives no CVSS vector; taken as automatable.",
        "CVSS ベクトルがないため、自動化可能とみなします。",
    ),
    "exposure-asset": (
        "The asset {name} is declared {value}.",
        "資産 {name} は {value} と宣言されています。",
    ),
    "exposure-service": (
        "The service {name} is declared {value}.",
        "サービス {name} は {value} と宣言されています。",
    ),
    "exposure-layer": (
        "{name} is in the {layer} layer and has no label; that layer counts as {value}.",
        "{name} は {layer} 層にあり、露出の宣言がないため {value} とみなします。",
    ),
    "exposure-unknown": (
        "Nobody labelled who can reach it; taken as open.",
        "誰が到達できるか宣言がないため、公開とみなします。",
    ),
    "tier": ("The service {name} is tier {tier}.", "サービス {name} は tier {tier} です。"),
    "tier-unknown": (
        "No tier is declared; SSVC's defaults for safety and mission give {value}.",
        "tier の宣言がありません。SSVC の既定値では {value} になります。",
    ),
    "mission-unknown": (
        "No tier is declared; {value} is taken.",
        "tier の宣言がないため、{value} とみなします。",
    ),
    "impact-total": (
        "CVSS {version}: all of confidentiality, integrity and availability are lost.",
        "CVSS {version}：機密性、完全性、可用性のすべてが失われます。",
    ),
    "impact-partial": (
        "CVSS {version}: only part of confidentiality, integrity and availability is lost.",
        "CVSS {version}：機密性、完全性、可用性の一部だけが失われます。",
    ),
    "impact-unknown": (
        "The report gives no CVSS vector; taken as total.",
        "CVSS ベクトルがないため、全面的な影響とみなします。",
    ),
    "not-in-kev": ("The KEV list does not name it.", "KEV に掲載されていません。"),
    "not-answered": (
        "Nobody answered it; the table's default is taken.",
        "回答がないため、表の既定値を使います。",
    ),
}

_LONGEST_PARAMETER = 200


def sentence(key: str, **parts: str) -> str:
    """Give the English sentence of a template, as `Answer.reason` stores it."""
    return _TEMPLATES[key][0].format(**parts)


def reason_text(answer: Answer, language: str) -> str:
    """Give the reason of an answer in the reader's language; English where no template fits."""
    if language != "ja":
        return answer.reason
    for pattern, japanese in _PATTERNS:
        if found := pattern.fullmatch(answer.reason):
            return japanese.format(**found.groupdict())
    return answer.reason


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    return re.compile(
        "".join(
            f"(?P<{part}>.{{1,{_LONGEST_PARAMETER}}}?)" if index % 2 else re.escape(part)
            for index, part in enumerate(parts)
        )
    )


# The sentence with the most fixed words first: "… and is used for ransomware" is no date.
_PATTERNS: Final = tuple(
    (_pattern(english), japanese)
    for english, japanese in sorted(
        _TEMPLATES.values(), key=lambda pair: len(re.sub(r"{\w+}", "", pair[0])), reverse=True
    )
)
