"""Measure what one request costs the service at the most, whatever it holds: `python -m tools.bench.cost`.

Linux only; all traffic stays on 127.0.0.1.
"""
