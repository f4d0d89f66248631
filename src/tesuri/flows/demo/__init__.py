"""The demo company: its cast, what is wrong with it and when, its scanners' reports, its people. All invented."""
