"""What each kind of sheet last changed, so that a commit leaves the answers that do not hang on it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("data_version", sa.Column("everything", key, nullable=False, server_default="0"))
    op.execute("UPDATE data_version SET everything = version")
    op.create_table(
        "freshness",
        sa.Column("street_id", key, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("version", key, nullable=False),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_freshness_street_id")),
        sa.PrimaryKeyConstraint("street_id", "kind", name=op.f("pk_freshness")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("freshness")
    op.drop_column("data_version", "everything")
