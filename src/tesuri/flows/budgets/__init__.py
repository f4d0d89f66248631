"""Budgets as lines, rows and pages: what is left, what used it, what would be."""
