"""What every service runs on, and how much of it is out of support."""
