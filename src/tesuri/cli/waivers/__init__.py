"""`tesuri waivers` and `approve`: what was agreed to stay as it is."""
