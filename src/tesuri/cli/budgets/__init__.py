"""`tesuri budget`: budgets, their files, and the legacy budget."""
