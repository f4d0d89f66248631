"""Alembic's entry: runs the revisions on the connection that the caller opened."""

from alembic import context

from tesuri.storage import inventory_tables, taken_objects
from tesuri.storage.tables import metadata

_ = inventory_tables, taken_objects  # their tables belong to the schema too
connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
context.run_migrations()
