"""Which formats a gate's answer has; `gate_rendered.py` writes them."""

from enum import StrEnum
from typing import Final


class GateFormat(StrEnum):
    """How a gate's answer is written."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    MARKDOWN = "markdown"
    SARIF = "sarif"
    JUNIT = "junit"
    GITHUB = "github"
    GITLAB = "gitlab"
    ATLANTIS = "atlantis"
    CONFTEST_JSON = "conftest-json"


FORMAT_HELP: Final = (
    "How to write the answer: for people (table, markdown), for programs (json, jsonl, csv, sarif, junit), "
    "on the lines of a change (github, gitlab), for what reads other gates (atlantis, conftest-json)."
)
