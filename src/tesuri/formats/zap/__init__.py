"""ZAP's reports, as JSON and as XML: the same alerts."""
