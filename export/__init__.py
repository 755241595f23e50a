"""Writes the read-only part of the API as a tree of files: `python -m export FOLDER`."""
