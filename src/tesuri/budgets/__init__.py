"""Error budgets of security: how late everything was, how late it may be, what follows from it."""
