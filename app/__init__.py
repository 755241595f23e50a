"""The ministry's list of continuing cluster regions, as an API."""

__version__ = "0.1.0"
