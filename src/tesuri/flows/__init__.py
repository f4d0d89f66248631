"""Use cases, one a file, each a function named by a verb; adapters arrive as arguments."""
