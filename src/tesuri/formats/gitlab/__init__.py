"""GitLab's security reports: source code and secrets, dependencies, containers."""
