"""The second edition: areas and identifiers of prefectures, English texts, notes in both languages."""

from contextlib import AbstractContextManager

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

EMPTIED = (
    *("region_corrections", "corrections", "region_texts", "region_prefectures", "regions"),
    *("subcategories", "programs", "prefectures", "dataset"),
)
"""Children before parents. The seed is to write them again, in the columns and documents of its own release."""


def upgrade() -> None:
    _empty()
    op.create_table(
        "areas",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("other_names", sa.JSON(), nullable=False),
        sa.Column("regions", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_areas"),
        sa.UniqueConstraint("name", name="uq_areas_name"),
        sa.UniqueConstraint("name_en", name="uq_areas_name_en"),
    )
    with _changed("prefectures") as prefectures:
        prefectures.add_column(sa.Column("area_id", sa.String(), nullable=False))
        prefectures.add_column(sa.Column("iso_3166_2", sa.String(), nullable=False))
        prefectures.add_column(sa.Column("wikidata", sa.String(), nullable=False))
        prefectures.create_foreign_key("fk_prefectures_area_id", "areas", ["area_id"], ["id"])
        prefectures.create_unique_constraint("uq_prefectures_iso_3166_2", ["iso_3166_2"])
        prefectures.create_unique_constraint("uq_prefectures_wikidata", ["wikidata"])
    with _changed("dataset") as dataset:
        for name, kind in (("title_en", sa.Text()), ("note_en", sa.Text()), ("publisher_en", sa.String())):
            dataset.add_column(sa.Column(name, kind, nullable=True))
        for name in ("point_rules", "credits"):
            dataset.add_column(sa.Column(name, sa.JSON(), nullable=False))
    with _changed("subcategories") as subcategories:
        subcategories.add_column(sa.Column("corrections", sa.JSON(), nullable=False))
    op.add_column("programs", sa.Column("purpose_en", sa.Text(), nullable=True))
    op.add_column("corrections", sa.Column("note_en", sa.Text(), nullable=True))


def _empty() -> None:
    for table in EMPTIED:
        op.execute(f"DELETE FROM {table}")  # noqa: S608  # names of ours


def _changed(table: str) -> AbstractContextManager[BatchOperations]:
    """Return a change of a table; SQLite makes it anew, since it cannot add a column without a value."""
    return op.batch_alter_table(table, recreate="always" if op.get_bind().dialect.name == "sqlite" else "never")


def downgrade() -> None:
    _empty()
    op.drop_column("corrections", "note_en")
    op.drop_column("programs", "purpose_en")
    with _changed("subcategories") as subcategories:
        subcategories.drop_column("corrections")
    with _changed("dataset") as dataset:
        for name in ("title_en", "note_en", "publisher_en", "point_rules", "credits"):
            dataset.drop_column(name)
    with _changed("prefectures") as prefectures:
        prefectures.drop_constraint("fk_prefectures_area_id", "foreignkey")
        prefectures.drop_constraint("uq_prefectures_iso_3166_2", "unique")
        prefectures.drop_constraint("uq_prefectures_wikidata", "unique")
        for name in ("area_id", "iso_3166_2", "wikidata"):
            prefectures.drop_column(name)
    op.drop_table("areas")
