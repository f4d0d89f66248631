"""Clair's reports: `scanner` (clair-scanner and Clair 4), `klar`; `record` makes the findings of all."""
