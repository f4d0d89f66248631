"""The store: an append-only journal, the current rows that follow from it, and what scans told us.

`tables` is the schema, `journal` appends, `projection` keeps the current rows equal to the journal,
`intake` stages and compares scans, `reading` answers questions, `store` puts them behind the ports.
"""
