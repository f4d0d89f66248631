"""What was agreed to stay as it is: approving, listing, renewing."""
