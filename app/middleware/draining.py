"""Whether the process has been told to stop."""


class Drain:
    """The state of a stop: `app.server.shutdown` sets `begun` on SIGTERM.

    From then on `/readyz` is a 503 and every response closes its connection.
    """

    begun = False
