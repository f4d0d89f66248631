"""Semgrep: `report` is what the scanner writes, `platform` what the AppSec Platform answers."""
