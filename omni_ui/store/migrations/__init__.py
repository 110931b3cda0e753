"""The tables in PostgreSQL, brought to this version by Alembic. Imported only with OMNI_DATABASE_URL."""

from pathlib import Path

from sqlalchemy import Connection

REVISIONS = ("0001", "0002", "0003", "0004", "0005")
"""In order. Known without Alembic, which is imported only where there is something to do."""


def migrate(connection: Connection) -> None:
    """Runs the revisions that have not been run, in the transaction of the connection."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
