"""Targets, evidence files, weekly plans, inspection results, estimates."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "attachment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("street_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sort", sa.String(length=64), nullable=False),
        sa.Column("record", sa.String(length=255), nullable=False),
        sa.Column("piece", sa.String(length=64), nullable=True),
        sa.Column("filename", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("thumbnail", sa.LargeBinary(), nullable=True),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_attachment_account_id")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_attachment_community_id")),
        sa.ForeignKeyConstraint(["removed_by"], ["account.id"], name=op.f("fk_attachment_removed_by")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_attachment_street_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_attachment_street_id_community_id_sort_record"),
            ["street_id", "community_id", "sort", "record"],
            unique=False,
        )

    op.create_table(
        "target",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("street_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("indicator", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Numeric(18, 4), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_target_account_id")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_target_community_id")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_target_street_id")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["account.id"], name=op.f("fk_target_withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
    )
    with op.batch_alter_table("target", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_target_street_id_indicator_valid_from"),
            ["street_id", "indicator", "valid_from"],
            unique=False,
        )

    op.create_table(
        "plan_item",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("week", sa.String(length=64), nullable=False),
        sa.Column("item_no", sa.Integer(), nullable=False),
        sa.Column("workstream", sa.String(length=64), nullable=True),
        sa.Column("task", sa.LargeBinary(), nullable=False),
        sa.Column("owner", sa.LargeBinary(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.Column("result", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("submission_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("street_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_plan_item_community_id")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_plan_item_street_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_plan_item_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_item")),
    )
    with op.batch_alter_table("plan_item", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_plan_item_street_id_week_community_id"), ["street_id", "week", "community_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_plan_item_submission_id"), ["submission_id"], unique=False)

    with op.batch_alter_table("baseline", schema=None) as batch_op:
        batch_op.add_column(sa.Column("estimates", sa.JSON(), nullable=True))

    with op.batch_alter_table("evening_tally", schema=None) as batch_op:
        batch_op.add_column(sa.Column("estimates", sa.JSON(), nullable=True))

    with op.batch_alter_table("morning_tally", schema=None) as batch_op:
        batch_op.add_column(sa.Column("estimates", sa.JSON(), nullable=True))

    with op.batch_alter_table("progress", schema=None) as batch_op:
        batch_op.add_column(sa.Column("problems_found", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("problems_mended", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("estimates", sa.JSON(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_progress_street_id_indicator_community_id_period"),
            ["street_id", "indicator", "community_id", "period"],
            unique=False,
        )


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("progress", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_progress_street_id_indicator_community_id_period"))
        batch_op.drop_column("estimates")
        batch_op.drop_column("problems_mended")
        batch_op.drop_column("problems_found")

    with op.batch_alter_table("morning_tally", schema=None) as batch_op:
        batch_op.drop_column("estimates")

    with op.batch_alter_table("evening_tally", schema=None) as batch_op:
        batch_op.drop_column("estimates")

    with op.batch_alter_table("baseline", schema=None) as batch_op:
        batch_op.drop_column("estimates")

    with op.batch_alter_table("plan_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_item_submission_id"))
        batch_op.drop_index(batch_op.f("ix_plan_item_street_id_week_community_id"))

    op.drop_table("plan_item")
    with op.batch_alter_table("target", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_target_street_id_indicator_valid_from"))

    op.drop_table("target")
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachment_street_id_community_id_sort_record"))

    op.drop_table("attachment")
