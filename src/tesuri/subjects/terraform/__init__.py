"""Terraform plans and source → canonical resources."""
