"""Both languages: the Japanese catalogue, and how times, spans and numbers are written."""
