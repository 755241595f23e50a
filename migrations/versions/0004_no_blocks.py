"""The search index of PostgreSQL has no blocks of regions any more."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_table("region_blocks")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.create_table(
            "region_blocks",
            sa.Column("block", sa.Integer(), nullable=False),
            sa.Column("grams", sa.ARRAY(sa.Text(collation="C")), nullable=False),
            sa.Column("weight", sa.Text(), server_default=sa.text("repeat(' ', 2100)"), nullable=False),
        )
        op.create_index("region_blocks_index", "region_blocks", ["grams"], postgresql_using="gin")
        op.execute("DELETE FROM dataset")  # the blocks are to be written by the seed
