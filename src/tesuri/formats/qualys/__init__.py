"""Qualys' exports: the asset report as XML and as a table, and the scan result of its web interface."""
