"""IR → SQL over a table of documents: text only, nothing here talks to a database.

Start at `emit_condition` in `emit.py`; `reading.py` says which columns expressions need and brings documents into them.
"""
