"""Snyk's JSON reports: dependencies, containers and infrastructure as code."""
