"""What Terraform's AWS types are called in the canonical shape: one file of tables for each family of services.

A table says only what `terraform_mapping.py` does not find in the published shape by itself. Start at `index.py`.
"""
