"""The service behind PgBouncer, which lends its connections to transactions, both as in `docs/postgresql.md`."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from app.settings import Settings
from tests.data.test_postgresql import ALTER, DOCUMENT, documented, run, some_answers
from tests.support.service import serving
from tools import postgres

pytestmark = pytest.mark.needs("pgbouncer")

(INI,) = re.findall("```ini\n(.*?)```", DOCUMENT, re.DOTALL)


@contextmanager
def pooler(port: int) -> Iterator[str]:
    """PgBouncer as the document configures it, with so few connections that clients share them; its URL."""
    listen = postgres.free_port()
    with TemporaryDirectory(prefix="pgbouncer-") as name:
        folder = Path(name)
        (folder / "users.txt").write_text('"reader" ""\n', encoding="utf-8")
        ini = INI.replace("port=5432", f"port={port}").replace("listen_port = 6432", f"listen_port = {listen}")
        assert ini != INI
        ini += f"listen_addr = 127.0.0.1\nauth_type = any\nunix_socket_dir = {folder}\ndefault_pool_size = 2\n"
        ini += f"logfile = {folder}/log\npidfile = {folder}/pid\n"
        ini = ini.replace("dbname=regions", "dbname=regions user=reader")
        (folder / "pgbouncer.ini").write_text(ini, encoding="utf-8")
        owner = postgres.OTHER_USER if os.geteuid() == 0 else None
        if owner:
            for path in (folder, *folder.iterdir()):
                shutil.chown(path, owner)
        process = subprocess.Popen(["pgbouncer", "--quiet", folder / "pgbouncer.ini"], user=owner)
        try:
            yield f"postgresql://reader@127.0.0.1:{listen}/regions"
        finally:
            process.terminate()
            process.wait()


def test_behind_a_pooler_of_transactions_nothing_is_prepared_and_nothing_fails() -> None:
    with documented() as port, pooler(port) as url:
        run(f"postgresql://tests@127.0.0.1:{port}/regions", ALTER)
        with serving(Settings(database_url=url, cache_bytes=0, database_prepare=False)) as client:
            assert {answer.status_code for _ in range(3) for answer in some_answers(client)} == {200}
            with closing(psycopg.connect(url, prepare_threshold=None, options="-c jit=on")) as connection:
                settings = ("default_transaction_read_only", "statement_timeout", "enable_seqscan", "jit")
                shown = [connection.execute(f"SHOW {name}").fetchone() for name in settings]
                assert shown == [("on",), ("100ms",), ("off",), ("off",)]
                prepared = connection.execute("SELECT count(*) FROM pg_prepared_statements").fetchone()
                assert prepared == (0,)
