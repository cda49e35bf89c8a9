"""Alembic's entry: migrations run on the connection that ``database.prepare`` (or a developer's command) hands over."""

from alembic import context

from data_access.schema import Base

connection = context.config.attributes.get("connection")
if connection is None:
    from data_access.database import engine

    connection = engine().connect()

context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True, compare_type=False)
with context.begin_transaction():
    context.run_migrations()
