"""Bounded readers of foreign bytes: the only code that parses what others wrote."""
