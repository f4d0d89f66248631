"""Readers of the outside world's knowledge: KEV, EPSS and lists of public exploits, pinned by date."""
