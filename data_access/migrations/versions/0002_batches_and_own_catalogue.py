"""Batches kept in the database, and the street's own indicators."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "batch",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("street_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_batch_account_id")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_batch_street_id")),
        sa.ForeignKeyConstraint(["undone_by"], ["account.id"], name=op.f("fk_batch_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )
    op.create_index(
        op.f("ix_batch_street_id_account_id_closed_at"), "batch", ["street_id", "account_id", "closed_at"], unique=False
    )

    op.create_table(
        "catalogue_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("street_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sort", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_catalogue_entry_account_id")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_catalogue_entry_street_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_entry")),
    )
    op.create_index(
        op.f("ix_catalogue_entry_street_id_sort_code"), "catalogue_entry", ["street_id", "sort", "code"], unique=False
    )

    op.create_table(
        "batch_file",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("street_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("filename", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hints", sa.JSON(), nullable=False),
        sa.Column("mends", sa.LargeBinary(), nullable=True),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("workbook_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_batch_file_batch_id")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_batch_file_street_id")),
        sa.ForeignKeyConstraint(["workbook_id"], ["workbook.id"], name=op.f("fk_batch_file_workbook_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_file")),
    )
    op.create_index(op.f("ix_batch_file_batch_id"), "batch_file", ["batch_id"], unique=False)

    # Built anew, as a batch would do on SQLite, the table could not be dropped: its facts refer to it.
    if op.get_bind().dialect.name == "sqlite":
        op.execute("ALTER TABLE submission ADD COLUMN batch_id INTEGER REFERENCES batch (id)")
    else:
        op.add_column("submission", sa.Column("batch_id", sa.BigInteger(), nullable=True))
        op.create_foreign_key(op.f("fk_submission_batch_id"), "submission", "batch", ["batch_id"], ["id"])
    op.add_column("submission", sa.Column("digest", sa.String(length=64), nullable=True))
    op.create_index(op.f("ix_submission_batch_id"), "submission", ["batch_id"], unique=False)


def downgrade() -> None:
    """Back."""
    op.drop_index(op.f("ix_submission_batch_id"), table_name="submission")
    op.drop_column("submission", "digest")
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("fk_submission_batch_id"), "submission", type_="foreignkey")
    op.drop_column("submission", "batch_id")
    op.drop_index(op.f("ix_batch_file_batch_id"), table_name="batch_file")

    op.drop_table("batch_file")
    op.drop_index(op.f("ix_catalogue_entry_street_id_sort_code"), table_name="catalogue_entry")

    op.drop_table("catalogue_entry")
    op.drop_index(op.f("ix_batch_street_id_account_id_closed_at"), table_name="batch")

    op.drop_table("batch")
