"""What Amazon's own services write: Security Hub (ASFF), GuardDuty and Inspector."""
