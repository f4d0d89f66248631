"""What each point answers to a change, as strictly as the owner's budget demands, and how it is remembered."""
