"""Writes the read-only part of the API as a tree of files: `python -m tools.static_site FOLDER`."""
