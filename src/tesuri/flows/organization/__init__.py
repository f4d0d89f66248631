"""Service control policies on the tree of an organization: linted, simulated, replayed, explained."""
