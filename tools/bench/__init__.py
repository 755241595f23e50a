"""Measure how fast the service is, beside a bare ASGI application and beside its peers.

Linux only; all traffic stays on 127.0.0.1.
"""
