"""How files of Terraform and OpenTofu end."""

from typing import Final

SOURCE_ENDINGS: Final = (".tf", ".tf.json", ".tofu", ".tofu.json")
"""Files that declare resources; values of variables stand in others."""
