"""CloudTrail records → calls, and the resources that they touch."""
