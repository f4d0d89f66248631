"""Reports come in: decoded, read, recognised, placed beside what the store holds, decided."""
