"""Findings as lists: the query language, columns, rows, and statements about them."""
