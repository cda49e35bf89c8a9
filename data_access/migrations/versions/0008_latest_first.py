"""Indexes that find the latest commit, a community's latest sheets and who asks for help without reading all there is.

At the end the database learns how its tables look: without that it takes a new index for the best there is.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INDEXES = (
    ("submission", "street_id", "committed_at"),
    ("submission", "street_id", "community_id", "committed_at"),
    ("progress", "street_id", "needs_help"),
)


def upgrade() -> None:
    """Forward."""
    for table, *columns in INDEXES:
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns)
    op.execute("ANALYZE")


def downgrade() -> None:
    """Back."""
    for table, *columns in INDEXES:
        op.drop_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table_name=table)
