"""AWS through its own SDK, which is the extra `aws`."""
