"""Frozen records of the field, standard library only. Everything else speaks in these."""
