"""What happens to findings later: decided anew, merged, relinked, hidden by waivers."""
