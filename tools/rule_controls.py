"""Write src/tesuri/triage/rule_controls.tsv: which rule of a tool says what one control says: `python -m tools.rule_controls`.

The controls name the rules of other tools that mean the same (`maps`). A rule that several controls name says less than
any of them and stays itself.
"""

from collections import defaultdict
from pathlib import Path
from typing import Final

from tesuri.untrusted.shape import mapping, text
from tesuri.untrusted.yaml_document import read_yaml

ROOT: Final = Path(__file__).resolve().parents[1] / "src" / "tesuri"
TABLE: Final = ROOT / "triage" / "rule_controls.tsv"
TOOLS: Final = ("checkov", "config", "fsbp", "prowler", "trivy")
"""Whose ids are those of rules; the others are requirements of frameworks."""


def table() -> str:
    """Give the text of the table: rule, control, in the order of rules."""
    controls: dict[str, set[str]] = defaultdict(set)
    for file in sorted((ROOT / "controls" / "catalog").rglob("*.yaml")):
        if file.name.endswith(".cases.yaml"):
            continue
        declared = read_yaml(file.read_bytes(), where=file.name)
        maps = mapping(declared, "maps")
        for tool in TOOLS:
            rules = maps.get(tool)
            for rule in rules if isinstance(rules, list) else ():
                controls[str(rule)].add(text(declared, "id"))
    lines = (
        f"{rule}\t{found.pop()}\n" for rule, found in sorted(controls.items()) if len(found) == 1
    )
    return "".join(lines)


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
