"""Trivy: images, file systems, repositories and clusters."""
