"""Prowler's reports in OCSF, and those of other products that write it."""
