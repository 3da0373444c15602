"""How Alembic runs our migrations: on the connection that `store.upgrade` hands in."""

from __future__ import annotations

from alembic import context

from store.tables import Base

if context.is_offline_mode():
    context.configure(
        dialect_name=context.config.attributes["dialect"],
        target_metadata=Base.metadata,
        literal_binds=True,
    )
else:
    # The transaction is the caller's: what fails halfway is undone, tables and all.
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=Base.metadata,
        render_as_batch=True,
    )

with context.begin_transaction():
    context.run_migrations()
