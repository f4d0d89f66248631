"""The kinds of file that people declare: their keys, their checks, and the records they become."""
