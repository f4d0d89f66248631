"""`tesuri controls` and `evidence`: the catalogue of controls and the frameworks."""
