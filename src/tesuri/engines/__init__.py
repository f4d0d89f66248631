"""Engines that evaluate many conditions over many documents; closures are the definition that all of them follow.

Start at `bulk.py` for what goes in and comes out, then `duckdb.py` and `local.py`.
"""
