"""Districts above the streets, and their accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "district",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_district")),
        sa.UniqueConstraint("name", name=op.f("uq_district_name")),
    )
    for table in ("street", "account"):
        # Built anew, as a batch would do on SQLite, the table could not be dropped: everything refers to it.
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"ALTER TABLE {table} ADD COLUMN district_id INTEGER REFERENCES district (id)")
        else:
            op.add_column(table, sa.Column("district_id", sa.BigInteger(), nullable=True))
            op.create_foreign_key(op.f(f"fk_{table}_district_id"), table, "district", ["district_id"], ["id"])
    op.add_column("street", sa.Column("stamp", sa.String(length=64), nullable=True))


def downgrade() -> None:
    """Back."""
    op.drop_column("street", "stamp")
    for table in ("account", "street"):
        if op.get_bind().dialect.name != "sqlite":
            op.drop_constraint(op.f(f"fk_{table}_district_id"), table, type_="foreignkey")
        op.drop_column(table, "district_id")
    op.drop_table("district")
