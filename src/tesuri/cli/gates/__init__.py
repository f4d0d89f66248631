"""`tesuri check`, `admission` and `state`: the gates, their options and how their answers are written."""
