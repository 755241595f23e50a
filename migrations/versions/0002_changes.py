"""The changelog of the data: what each edition added, corrected and withdrew."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "changes",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("collection", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=True),
        sa.Column("old", sa.JSON(), nullable=True),
        sa.Column("new", sa.JSON(), nullable=True),
        sa.CheckConstraint(
            "action IN ('added', 'corrected', 'withdrawn')",
            name=op.f("ck_changes_action_known"),
        ),
        sa.PrimaryKeyConstraint("position", name="pk_changes"),
    )


def downgrade() -> None:
    op.drop_table("changes")
