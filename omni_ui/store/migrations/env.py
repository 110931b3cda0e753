"""Run by Alembic: on the connection that `migrate` hands over, which commits."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
context.run_migrations()
