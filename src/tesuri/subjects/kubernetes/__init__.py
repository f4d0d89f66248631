"""Kubernetes manifests, admission reviews and recorded clusters → resources."""
