"""The thresholds of reads, search and seed: unit, what happens there, and what was measured where something was.

On 2 cores, Python 3.11, SQLite 3.40, PostgreSQL 15. Modules read them as attributes, so that tests can set them.
"""

# How regions are read

INLINE_REGIONS = 100
"""Regions. A longer list of SQLite is read in a thread: its rows take milliseconds of the event loop as well."""

QUICK_SECONDS = 0.1
"""Seconds. The statement timeout of a read that is tried as a quick one; then it begins anew among the slow ones, of
which half as many may go on at a time. To look at a million regions one by one takes 450 to 570 ms, the heaviest read
of 100 regions 7 ms. A busy machine seldom holds a process up for so long: Python 3.11 compiles a statement that was
interrupted anew each time that it runs on the connection, and a search takes 1.6 times as long."""

SHORT_LIST = 1_000
"""Regions. Up to here all are looked at; beyond, counts of the seed and the search index are used. To look for a
term in 10,000 texts takes 3 ms on SQLite and 5.5 ms on PostgreSQL."""

INDEXED_PER_SCANNED = 10
"""Hits that an index scan finds and sorts in the time in which an ordered scan looks at one region; a page is read
by the one that is estimated to be faster."""

BATCH = 1_000
"""Regions of an export that are read at once, 1.2 MB; between two batches the connection goes back to the others."""

# The database

CONNECT_SECONDS = 2
"""Seconds in which a host of PostgreSQL must accept a connection; then the next host is tried."""

DEADLINE_STEPS = 1_000
"""Steps of SQLite's machine, some 20 microseconds, between two looks at the clock."""

WATCH_SECONDS = 0.3
"""Seconds between two checks for another edition. A check costs a `stat` on SQLite, a transaction on PostgreSQL."""

AWAY_SECONDS = 1.5
"""Seconds of silence after which PostgreSQL is away: waiting reads fail, connections are dropped, hosts tried again.
To promote a standby takes 0.1 to 0.3 seconds."""

TURN_SECONDS = 0.1
"""Seconds. Silence is counted in turns of the event loop so long; one that takes twice as long is not counted."""

LOAD_SECONDS = 10
"""Seconds in which an edition must be loaded while no answer waits for it: each host may be silent for some of them."""

# The search

SPLIT_QUERIES = 100
"""Values of `q` whose terms, and what they mean, are kept: 6 kB each at most; a request asks for them several times."""

FOLDED_REGIONS = 1_000
"""Regions whose folded texts are kept for highlights: some 10 kB each, folded in 0.2 ms."""

# The seed

SEED_BATCH = 5_000
"""Records that are sent to the database together."""

FTS5_HASH_BYTES = 64 * 2**20
"""Bytes that FTS5 collects before it writes a part of its index."""
