"""How the service grows from 29 regions to a million: `python -m bench.size`."""
