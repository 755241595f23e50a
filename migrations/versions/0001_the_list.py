"""The list: programmes, subcategories, regions and what hangs on them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dataset",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("publisher", sa.String(), nullable=False),
        sa.Column("modified", sa.Date(), nullable=False),
        sa.Column("source_sha256", sa.String(), nullable=False),
        sa.Column("source_bytes", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_dataset_one_row")),
        sa.PrimaryKeyConstraint("id", name="pk_dataset"),
    )
    op.create_table(
        "prefectures",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("name_kana", sa.String(), nullable=False),
        sa.CheckConstraint("length(code) = 2", name=op.f("ck_prefectures_code_two_characters")),
        sa.PrimaryKeyConstraint("code", name="pk_prefectures"),
        sa.UniqueConstraint("name", name="uq_prefectures_name"),
        sa.UniqueConstraint("name_en", name="uq_prefectures_name_en"),
        sa.UniqueConstraint("name_kana", name="uq_prefectures_name_kana"),
    )
    op.create_table(
        "programs",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_programs"),
        sa.UniqueConstraint("name", name="uq_programs_name"),
        sa.UniqueConstraint("position", name="uq_programs_position"),
    )
    op.create_table(
        "subcategories",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("program_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("label_en", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["program_id"], ["programs.id"], name="fk_subcategories_program_id"),
        sa.PrimaryKeyConstraint("id", name="pk_subcategories"),
        sa.UniqueConstraint("id", "program_id", name="uq_subcategories_id_program_id"),
        sa.UniqueConstraint("label", name="uq_subcategories_label"),
        sa.UniqueConstraint("position", name="uq_subcategories_position"),
    )
    op.create_table(
        "corrections",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("subcategory_id", sa.String(), nullable=True),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("printed", sa.Text(), nullable=False),
        sa.Column("likely", sa.Text(), nullable=False),
        sa.Column("corrected", sa.Text(), nullable=False),
        sa.Column("certainty", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["subcategory_id"], ["subcategories.id"], name="fk_corrections_subcategory_id"),
        sa.PrimaryKeyConstraint("id", name="pk_corrections"),
        sa.UniqueConstraint("position", name="uq_corrections_position"),
    )
    op.create_table(
        "regions",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("program_id", sa.String(), nullable=False),
        sa.Column("subcategory_id", sa.String(), nullable=False),
        sa.Column("fiscal_year_start", sa.Integer(), nullable=False),
        sa.Column("fiscal_year_end", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "1886 <= fiscal_year_start AND fiscal_year_start <= fiscal_year_end AND fiscal_year_end <= 2199",
            name=op.f("ck_regions_fiscal_years_span"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_regions_number_positive")),
        sa.CheckConstraint("page >= 1", name=op.f("ck_regions_page_positive")),
        sa.ForeignKeyConstraint(
            ["subcategory_id", "program_id"],
            ["subcategories.id", "subcategories.program_id"],
            name="fk_regions_subcategory_id_program_id",
        ),
        sa.PrimaryKeyConstraint("number", name="pk_regions"),
        sa.UniqueConstraint("row", name="uq_regions_row"),
    )
    op.create_table(
        "region_corrections",
        sa.Column("region_number", sa.Integer(), nullable=False),
        sa.Column("correction_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["correction_id"], ["corrections.id"], name="fk_region_corrections_correction_id"),
        sa.ForeignKeyConstraint(["region_number"], ["regions.number"], name="fk_region_corrections_region_number"),
        sa.PrimaryKeyConstraint("region_number", "correction_id", name="pk_region_corrections"),
    )
    op.create_table(
        "region_prefectures",
        sa.Column("region_number", sa.Integer(), nullable=False),
        sa.Column("prefecture_code", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["prefecture_code"], ["prefectures.code"], name="fk_region_prefectures_prefecture_code"
        ),
        sa.ForeignKeyConstraint(["region_number"], ["regions.number"], name="fk_region_prefectures_region_number"),
        sa.PrimaryKeyConstraint("region_number", "prefecture_code", name="pk_region_prefectures"),
    )
    op.create_index("ix_region_prefectures_prefecture_code", "region_prefectures", ["prefecture_code"])
    op.create_table(
        "region_texts",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("annotations", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["regions.number"], name="fk_region_texts_number"),
        sa.PrimaryKeyConstraint("number", name="pk_region_texts"),
    )


def downgrade() -> None:
    op.drop_table("region_texts")
    op.drop_table("region_prefectures")
    op.drop_table("region_corrections")
    op.drop_table("regions")
    op.drop_table("corrections")
    op.drop_table("subcategories")
    op.drop_table("programs")
    op.drop_table("prefectures")
    op.drop_table("dataset")
