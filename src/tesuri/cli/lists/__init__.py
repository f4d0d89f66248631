"""Lists of findings, services, budgets and the week, and how any list is written."""
