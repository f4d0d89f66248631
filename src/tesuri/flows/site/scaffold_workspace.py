"""The first files of a workspace: small, valid as they are, and each saying what to write into it."""

import csv
import io
import re
from collections.abc import Mapping, Sequence

from tesuri.flows.site.time_zones import named_zone
from tesuri.model.errors import BadInput
from tesuri.model.views_services import UnownedAsset

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_ID = 60


def scaffold_workspace(
    company: str, *, service: str, team: str, zone: str, assets: Sequence[UnownedAsset]
) -> Mapping[str, str]:
    """Give the files by their path: settings, one team, one service, and an inventory of what scanners saw.

    **raises** BadInput for a service or team whose name is no id, and for a zone of no such name.
    """
    for option, name in (("--service", service), ("--team", team)):
        if not _ID.fullmatch(name):
            raise BadInput(
                f"{name!r} is no id.",
                where=option,
                remedy="Use lower-case words and hyphens, such as checkout-api.",
            )
    if named_zone(zone) is None:
        raise BadInput(
            f"No time zone has the name {zone!r}.",
            where="--time-zone",
            remedy="Use an IANA name, such as Asia/Tokyo.",
        )
    return {
        "tesuri.yaml": _settings(company, zone),
        "teams.yaml": _team(team),
        f"services/{service}.yaml": _service(service, team),
        "assets/inventory.csv": _inventory(assets),
    }


def id_of(name: str) -> str:
    """Give the id that a name suggests: "My Shop" → my-shop; empty where no letter is left."""
    return "-".join(re.findall(r"[a-z0-9]+", name.lower()))[:_LONGEST_ID].strip("-")


def _settings(company: str, zone: str) -> str:
    return f"""\
# What holds for the whole workspace. Every key is optional; docs/workspace.md lists them all.
name: {_quoted(company)}
time_zone: {zone}
capacity: 8 h        # a week, of a team that declares none: where This week is cut
# preset: default    # deadlines; see: tesuri budget presets. Own ones: tesuri budget export > objectives.yaml
# ownership:
#   service_tags: [service]             # tags, labels and annotations that name a service
#   repositories: {{"example/shop-*": checkout}}
"""


def _team(team: str) -> str:
    return f"""\
# Who works on findings, and how much time a week the whole team gives to them.
- id: {team}
  name: {_quoted(_title(team))}
  capacity: 8 h
"""


def _service(service: str, team: str) -> str:
    return f"""\
# What you run. Without tier, exposure and data class triage assumes the worst that SSVC suggests.
name: {_quoted(_title(service))}
team: {team}
# tier: 1                  # 0 the company stops without it … 3 nobody outside notices
# exposure: open           # open, controlled or small
# data_class: confidential # public, internal, confidential or restricted
# repositories: [example/{service}]
"""


def _inventory(assets: Sequence[UnownedAsset]) -> str:
    """Give a row for each asset that nobody claims; its service is for a person to fill in.

    Its id is what scanners call it, so that the findings of before stay those of the same asset.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("id", "name", "service", "targets", "exposure"))
    writer.writerows((asset.asset, asset.name, "", "", "") for asset in assets)
    return text.getvalue()


def _title(identity: str) -> str:
    return identity.replace("-", " ").capitalize()


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
