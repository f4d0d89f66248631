"""VEX documents, from their decoded form to statements; one file for each format."""
