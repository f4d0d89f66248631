"""The pages: thin handlers that read, ask `Pages` once, and render."""
