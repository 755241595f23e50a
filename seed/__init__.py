"""Put the list into the database: `python -m seed`."""
