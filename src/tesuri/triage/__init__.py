"""From what scanners saw to what we do about it: identity, signals, decision. No I/O here."""
