"""`tesuri ingest`, `inspect`, `watch`, `vex`, `merges` and `feeds`: what comes in."""
