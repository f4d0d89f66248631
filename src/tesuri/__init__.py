"""Tesuri runs security the way SRE runs reliability: budgets, guardrails and explained decisions.

The supported interface is the `tesuri` command; nothing is imported here, so that it starts fast.
"""

__all__: list[str] = []
