"""A million regions: the search index, indexes for every order, counts for filters and facets."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SORTED = ("fiscal_year_start", "fiscal_year_end", "page")


def upgrade() -> None:
    op.create_table(
        "region_counts",
        sa.Column("prefecture_code", sa.String(), nullable=False),
        sa.Column("program_id", sa.String(), nullable=False),
        sa.Column("subcategory_id", sa.String(), nullable=False),
        sa.Column("fiscal_year_start", sa.Integer(), nullable=False),
        sa.Column("fiscal_year_end", sa.Integer(), nullable=False),
        sa.Column("regions", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "prefecture_code",
            "program_id",
            "subcategory_id",
            "fiscal_year_start",
            "fiscal_year_end",
            name="pk_region_counts",
        ),
    )
    for name in SORTED:
        op.create_index(f"ix_regions_{name}_number", "regions", [name, "number"])
        op.create_index(f"down_regions_{name}", "regions", [sa.text(f"(- {name})"), "number"])
    if op.get_bind().dialect.name == "sqlite":
        op.add_column("region_texts", sa.Column("grams", sa.JSON(), nullable=True))
        op.execute(
            "CREATE VIRTUAL TABLE region_grams USING fts5("
            "name, title, theme, annotations, filters, content='', columnsize=0, prefix='1', "
            "tokenize=\"ascii tokenchars '_-:'\")"
        )
    else:
        op.add_column("region_texts", sa.Column("grams", ARRAY(sa.Text(collation="C")), nullable=True))
        # out of the way of those who read the texts, and not compressed: it is written once and hardly ever read
        op.execute("ALTER TABLE region_texts ALTER grams SET STORAGE EXTERNAL")
        op.execute("CREATE INDEX region_grams_index ON region_texts USING gin (grams)")
        op.execute(
            "CREATE VIEW region_grams AS "
            "SELECT number AS rowid, name, title, theme, annotations, grams FROM region_texts"
        )
    op.execute("DELETE FROM dataset")  # what is stored has no index yet: the seed is to write it again


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE region_grams")
    else:
        op.execute("DROP VIEW region_grams")
    op.drop_column("region_texts", "grams")
    for name in SORTED:
        op.drop_index(f"down_regions_{name}", "regions")
        op.drop_index(f"ix_regions_{name}_number", "regions")
    op.drop_table("region_counts")
