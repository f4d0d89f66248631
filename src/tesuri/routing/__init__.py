"""Who owns it, what a fix takes, and what fits this week; reads no clock and no file."""
