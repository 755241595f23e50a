"""Know whether the service is about to stop."""

from contextlib import AbstractContextManager, nullcontext


class Drain:
    """State that `/readyz` and the access log read. A server that drains sets it, see `server.shutdown`."""

    begun = False

    def on_signal(self) -> AbstractContextManager[None]:
        """Return a context for the life of the service, within which signals may begin the drain; here none do."""
        return nullcontext()
