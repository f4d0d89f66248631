"""Findings of tools that have no format of their own: tables and lists with ordinary names."""
