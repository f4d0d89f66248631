"""Findings that turn out to be one; leases, which nobody took, are gone."""

# ruff: noqa: D103, INP001 - Alembic loads it by its path and calls these by name
import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("finding", sa.Column("merged_into", sa.BigInteger(), nullable=True))
    op.create_table(
        "identity_link",
        sa.Column("identity", sa.LargeBinary(length=16), nullable=False),
        sa.Column("finding", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("identity", name=op.f("pk_identity_link")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_identity_link_finding"), "identity_link", ["finding"], unique=False)
    op.create_table(
        "parted",
        sa.Column("identity", sa.LargeBinary(length=16), nullable=False),
        sa.Column("other", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("identity", "other", name=op.f("pk_parted")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "alias_link",
        sa.Column("canonical", sa.Text(), nullable=False),
        sa.Column("other", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("canonical", "other", name=op.f("pk_alias_link")),
    )
    op.create_index(op.f("ix_alias_link_other"), "alias_link", ["other"], unique=False)
    op.drop_table("lease")


def downgrade() -> None:
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.String(length=128), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.drop_table("alias_link")
    op.drop_table("parted")
    op.drop_table("identity_link")
    op.drop_column("finding", "merged_into")
