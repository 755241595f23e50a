"""Measure how the service grows from 29 regions to a million: `python -m tools.bench.size`."""
