"""What AWS calls things: ARNs, defaults, policies, joined resources."""
