"""SARIF 2.1.0 of any tool: `report` is the format, the other files are its parts."""
