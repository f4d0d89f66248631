"""Calls that Tesuri makes itself, each only where somebody configured it."""
