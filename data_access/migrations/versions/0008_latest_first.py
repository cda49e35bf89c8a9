"""Indexes that find the latest commit, a community's latest sheets and who asks for help without reading all there is.

At the end the database learns how its tables look: without that it takes a new index for the best there is.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INDEXES = (
    ("submission", "street_id", "committed_at"),
    ("submission", "street_id", "community_id", "committed_at"),
)
HELP = "ix_progress_street_id_community_id"


def upgrade() -> None:
    """Forward."""
    for table, *columns in INDEXES:
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns)
    # only of those who ask: they are few, and their number is all that grows
    asks = {"sqlite_where": sa.text("needs_help IS 1"), "postgresql_where": sa.text("needs_help IS true")}
    op.create_index(op.f(HELP), "progress", ["street_id", "community_id"], **asks)
    op.execute("ANALYZE")


def downgrade() -> None:
    """Back."""
    op.drop_index(op.f(HELP), table_name="progress")
    for table, *columns in INDEXES:
        op.drop_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table_name=table)
