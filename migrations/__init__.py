"""Alembic, and the one way in which this project writes to a database."""
