"""Objects of buckets that were taken in."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('taken_object',
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('mark', sa.String(length=200), nullable=False),
    sa.PrimaryKeyConstraint('address', name=op.f('pk_taken_object'))
    )


def downgrade() -> None:
    op.drop_table('taken_object')
