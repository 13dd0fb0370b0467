"""Alembic runs migrations here, always online, with short lock waits."""

from alembic import context
from sqlalchemy import URL, create_engine, text

import erp.models  # noqa: F401  registers every table
from erp.core.db import driver_url
from erp.core.settings import get_settings
from erp.models.base import metadata


def _url() -> URL:
    given = context.config.attributes.get("database_url")
    return driver_url(given or get_settings().database_url)


def run() -> None:
    """Apply the migrations in one transaction each, refusing to wait long for a lock."""
    engine = create_engine(_url())
    with engine.connect() as connection:
        connection.execute(text("set lock_timeout = '5s'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=metadata,
            transaction_per_migration=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
