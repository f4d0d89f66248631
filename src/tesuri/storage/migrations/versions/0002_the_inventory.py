"""The inventory: components, and from which scan to which each was in a scope."""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('component',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('ecosystem', sa.String(length=64), nullable=False),
    sa.Column('namespace', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('version', sa.Text(), nullable=False),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_component')),
    sa.UniqueConstraint('name', 'version', 'ecosystem', 'namespace', 'kind', name=op.f('uq_component_name_version_ecosystem_namespace_kind'))
    )
    op.create_table('presence',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('scope', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('component', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('first_scan', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('is_original', sa.Boolean(), nullable=False),
    sa.Column('gone_scan', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['component'], ['component.id'], name=op.f('fk_presence_component')),
    sa.ForeignKeyConstraint(['first_scan'], ['scan.id'], name=op.f('fk_presence_first_scan')),
    sa.ForeignKeyConstraint(['gone_scan'], ['scan.id'], name=op.f('fk_presence_gone_scan')),
    sa.ForeignKeyConstraint(['scope'], ['scope.id'], name=op.f('fk_presence_scope')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_presence'))
    )
    with op.batch_alter_table('presence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_presence_component'), ['component'], unique=False)
        batch_op.create_index(batch_op.f('ix_presence_scope'), ['scope'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('presence', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_presence_scope'))
        batch_op.drop_index(batch_op.f('ix_presence_component'))
    op.drop_table('presence')
    op.drop_table('component')
