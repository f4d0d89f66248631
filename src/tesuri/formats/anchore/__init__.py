"""Anchore's vulnerability lists: `engine` from its API, `ctl` from its command line; `record` reads both."""
