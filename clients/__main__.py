"""`python -m clients`: write both clients to where their examples import them from."""

import clients

clients.write_python(clients.HERE / "python" / "cluster_regions")
clients.write_typescript(clients.NODE / "schema.d.ts")
