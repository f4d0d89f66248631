"""The keys of every kind of declared file that this package reads.

Objectives, decision tables and controls are read by their own packages; here is the rest.
"""

from tesuri.model.estate import DataClass, Exposure, Layer
from tesuri.model.objective import IncidentGrade, PolicyState
from tesuri.model.observation import Kind
from tesuri.model.severity import Severity
from tesuri.model.signal import FeedName
from tesuri.routing.declared.fields import (
    SLUG,
    Duration,
    Field,
    Moment,
    Record,
    Records,
    Text,
    TextMap,
    Texts,
    Whole,
)

_ID = Text(pattern=SLUG)
_NAME_JA = Field(Text(), "Its name for readers of Japanese.")
_EXPOSURE = Field(Text(choices=tuple(Exposure)), "Who can reach it; not declared counts as open.")
_LAYER = Field(Text(choices=tuple(Layer)), "Where in the stack it sits.")

SERVICE = Record(
    {
        "id": Field(_ID, "Its id; the file name when left out."),
        "name": Field(Text(), "Its name.", is_required=True),
        "name_ja": _NAME_JA,
        "team": Field(_ID, "Id of the team that answers for it."),
        "tier": Field(Whole(0, 3), "0 the company stops without it, to 3 nobody outside notices."),
        "exposure": _EXPOSURE,
        "layer": _LAYER,
        "data_class": Field(Text(choices=tuple(DataClass)), "What would be lost with its data."),
        "repositories": Field(Texts(), "Its repositories as owner/name; globs allowed."),
        "modules": Field(Texts(), "Prefixes of Terraform module paths or file paths."),
        "scan_interval": Field(Duration(), "How often its assets are scanned."),
        "components": Field(
            Texts(pattern=r"[^ ].* [^ ]+"), "What it runs on: product and version."
        ),
    },
    title="Service",
)

TEAM = Record(
    {
        "id": Field(_ID, "Its id; the file name when left out."),
        "name": Field(Text(), "Its name.", is_required=True),
        "name_ja": _NAME_JA,
        "capacity": Field(Duration(), "Time a week for findings, of the whole team."),
        "members": Field(Texts(), "Names or addresses of its people."),
    },
    title="Team",
)

JOURNEY = Record(
    {
        "id": Field(_ID, "Its id; the file name when left out."),
        "name": Field(Text(), "Its name.", is_required=True),
        "name_ja": _NAME_JA,
        "services": Field(Texts(pattern=SLUG), "Services that it goes through.", is_required=True),
    },
    title="Journey",
)

_VIOLATION = Record(
    {
        "control": Field(
            Text(pattern=rf"{SLUG}|rego:\S{{1,300}}"),
            "Control that is violated, or rego:RULE of a policy.",
            is_required=True,
        ),
        "address": Field(Text(), "Address of the resource, as gates show it.", is_required=True),
        "service": Field(_ID, "Service that answers for it; left out when nobody does."),
        "parts": Field(
            Texts(),
            "Every part that violates: its path and a digest of what the control reads of it, or of what a policy said.",
            is_required=True,
        ),
        "message": Field(Text(), "What the gate said; for people, nothing is compared with it."),
    }
)

WAIVER = Record(
    {
        "id": Field(_ID, "Its id, as WVR-77; the file name when left out."),
        "scope": Field(Text(), "CEL over finding: what it covers; or list violations."),
        "violations": Field(
            Records(_VIOLATION), "Exactly what it covers, as tesuri approve writes it."
        ),
        "reason": Field(Text(), "Why it may stay as it is.", is_required=True),
        "requester": Field(Text(), "Who asked.", is_required=True),
        "approvers": Field(Texts(), "Who agreed; never the requester.", is_required=True),
        "created": Field(Moment(), "When it was asked for; the approval when left out."),
        "approved": Field(Moment(), "When it was agreed.", is_required=True),
        "expires": Field(Moment(), "When it ends; a date ends with its day.", is_required=True),
        "review": Field(Moment(), "When it is looked at again."),
        "severity": Field(
            Text(choices=tuple(Severity)),
            "Worst severity that it covers; decides its longest life.",
        ),
        "exposure": Field(
            Text(choices=tuple(Exposure)), "Widest exposure that it covers; void when it rises."
        ),
        "compensating_control": Field(Text(), "What protects meanwhile."),
        "renewals": Field(Whole(0, 100), "How often it was renewed."),
    },
    title="Waiver",
)

INCIDENT = Record(
    {
        "id": Field(_ID, "Its id; the file name when left out."),
        "grade": Field(Text(choices=tuple(IncidentGrade)), "What it debits.", is_required=True),
        "service": Field(_ID, "Service whose budgets it debits.", is_required=True),
        "declared": Field(Moment(), "When it was confirmed.", is_required=True),
        "title": Field(Text(), "One line."),
        "actions_done": Field(
            Moment(), "When the first actions of its postmortem were done; an early end needs it."
        ),
        "closed": Field(Moment(), "When its debit ends early: first actions done."),
        "closed_by": Field(Texts(), "The two people who agreed to the early end."),
    },
    title="Incident",
)

ASSET = Record(
    {
        "id": Field(Text(), "Its id; the file name when left out. Scans may name it."),
        "name": Field(Text(), "Its name; the id when left out. Scans may name it."),
        "service": Field(_ID, "Service that it belongs to."),
        "targets": Field(Texts(), "Globs of scan targets that mean this asset."),
        "formerly": Field(
            Texts(pattern=r"[^*?]+"),
            "Ids, names and scan targets that it had before, no globs; its findings stay the same.",
        ),
        "exposure": _EXPOSURE,
        "layer": _LAYER,
        "environment": Field(Text(), "production, staging …"),
        "kind": Field(Text(), "image, repository, account, cluster, host, web …"),
        "tags": Field(TextMap(Text()), "Tags as the platform carries them."),
    },
    title="Asset",
)

EFFORT = Record(
    {
        "effort": Field(Duration(), "Time that one fix takes.", is_required=True),
        "advisory": Field(Text(), "CVE or GHSA id; globs allowed."),
        "rule": Field(Text(), "Scanner's rule; globs allowed."),
        "package": Field(Text(), "Package name; globs allowed."),
        "kind": Field(Text(choices=tuple(Kind)), "Kind of finding."),
    },
    title="Effort",
)

MAPPING = TextMap(Text())
"""mappings/<format>.yaml: our field → column or path of a home-made report."""

_OWNERSHIP = Record(
    {
        "service_tags": Field(Texts(), "Tag, label and annotation keys that hold a service id."),
        "team_tags": Field(Texts(), "Keys that hold a team id."),
        "tag_values": Field(TextMap(_ID), "key=value (or key=prefix*) to service."),
        "namespaces": Field(TextMap(_ID), "Kubernetes namespace to service; globs allowed."),
        "paths": Field(TextMap(_ID), "Prefix of a module path or file path to service."),
        "repositories": Field(TextMap(_ID), "Repository to service; globs allowed."),
        "default": Field(_ID, "Service that owns what nothing else names."),
    }
)

_EXCLUSION = Record(
    {
        "from": Field(Moment(), "First instant.", is_required=True),
        "to": Field(Moment(), "Last instant; a date ends with its day.", is_required=True),
        "reason": Field(Text(), "Why this time does not count.", is_required=True),
        "approver": Field(Text(), "Who agreed.", is_required=True),
        "services": Field(Texts(pattern=SLUG), "Services; all when left out."),
    }
)

SETTINGS = Record(
    {
        "name": Field(Text(), "Name of the company."),
        "name_ja": _NAME_JA,
        "language": Field(Text(choices=("en", "ja")), "Of texts without a single reader."),
        "time_zone": Field(
            Text(pattern=r"[A-Za-z0-9_+-]{1,32}(/[A-Za-z0-9_+-]{1,32}){0,2}"),
            "IANA name, as Asia/Tokyo.",
        ),
        "default_policy_state": Field(
            Text(choices=tuple(PolicyState)), "Of owners without budget; unknown when left out."
        ),
        "unknown": Field(
            Text(choices=("warn", "block")), "What an unknown verdict does at the gates."
        ),
        "capacity": Field(Duration(), "Time a week of a team that declares none."),
        "triage": Field(
            Text(pattern=r"[A-Za-z0-9][A-Za-z0-9._/ -]{0,99}"), "Name of the decision table."
        ),
        "preset": Field(_ID, "Set of objectives that holds after the own ones."),
        "ownership": Field(_OWNERSHIP, "How things find their service."),
        "longest_waivers": Field(
            TextMap(Duration(), keys=tuple(Severity)), "Longest life of a waiver by severity."
        ),
        "exclusions": Field(Records(_EXCLUSION), "Time that counts for no budget."),
        "mappings": Field(
            TextMap(MAPPING), "Home-made report formats: name, then field to column."
        ),
        "rego": Field(
            TextMap(Text(pattern=r"[a-z][a-z0-9]*(-[a-z0-9]+)*")),
            "Rule of a Rego policy (main.deny_public) to the control that it speaks for.",
        ),
        "feeds": Field(
            TextMap(Text(), keys=tuple(FeedName)), "Feed to its file, relative to the workspace."
        ),
    },
    title="Settings of the company",
)
