"""A million regions: the search index, indexes for every order, counts for filters and facets."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SORTED = ("fiscal_year_start", "fiscal_year_end", "page")

YEARS_FIRST = ["fiscal_year_start", "fiscal_year_end", "program_id", "subcategory_id"]
"""SQLite 3.40 finds rows outside a range if its column comes behind one that is compared with a list (SeekScan)."""


def upgrade() -> None:
    op.create_table(
        "region_counts",
        sa.Column("prefecture_code", sa.String(), nullable=False),
        sa.Column("fiscal_year_start", sa.Integer(), nullable=False),
        sa.Column("fiscal_year_end", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.String(), nullable=False),
        sa.Column("subcategory_id", sa.String(), nullable=False),
        sa.Column("regions", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "prefecture_code",
            *YEARS_FIRST,
            name="pk_region_counts",
        ),
    )
    for name in SORTED:
        op.create_index(f"ix_regions_{name}_number", "regions", [name, "number"])
        op.create_index(f"down_regions_{name}", "regions", [sa.text(f"(- {name})"), "number"])
    op.create_index("ix_regions_facets", "regions", ["number", *YEARS_FIRST])
    hint = " INDEXED BY ix_regions_facets" if op.get_bind().dialect.name == "sqlite" else ""
    op.execute(f"CREATE VIEW region_facets AS SELECT {', '.join(['number', *YEARS_FIRST])} FROM regions{hint}")  # noqa: S608  # names of ours
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE region_grams USING fts5("
            "name, title, theme, annotations, filters, content='', columnsize=0, prefix='1', "
            "tokenize=\"ascii tokenchars '_-:'\")"
        )
    else:
        for table, key in (("region_grams", "rowid"), ("region_blocks", "block")):
            # Only the index of the pieces is read, and the keys in passing: so the pieces must not lie between these.
            # PostgreSQL moves values out of rows of more than 2 kB; with the weight, which shrinks to nothing, all are.
            op.execute(
                f'CREATE TABLE {table} ({key} integer NOT NULL, grams text[] COLLATE "C" NOT NULL, '
                "weight text NOT NULL DEFAULT repeat(' ', 2100)) WITH (toast_tuple_target = 128)"
            )
            op.execute(f"ALTER TABLE {table} ALTER grams SET STORAGE EXTERNAL")
            op.execute(f"CREATE INDEX {table}_index ON {table} USING gin (grams)")
    op.execute("DELETE FROM dataset")  # what is stored has no index yet: the seed is to write it again


def downgrade() -> None:
    op.execute("DROP VIEW region_facets")
    op.execute("DROP TABLE region_grams")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TABLE region_blocks")
    op.drop_index("ix_regions_facets", "regions")
    for name in SORTED:
        op.drop_index(f"down_regions_{name}", "regions")
        op.drop_index(f"ix_regions_{name}_number", "regions")
    op.drop_table("region_counts")
