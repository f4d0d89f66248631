"""Clouds: adapters of their programming interfaces; each is an extra and is called only when somebody names it."""
