"""The process itself, as `make run` starts it."""

import signal
import socket

import httpx
import pytest

from tests.support.service import process
from tests.support.waiting import WAIT_SECONDS


def answer(port: int, target: bytes) -> bytes:
    """Return what comes back for a request line written byte by byte as given."""
    with socket.create_connection(("127.0.0.1", port), timeout=WAIT_SECONDS) as connection:
        connection.sendall(b"GET " + target + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_the_server_starts_answers_and_stops(database_url: str) -> None:
    with process(DATABASE_URL=database_url) as running:
        raw = answer(running.port, "/v1/regions?type=global&fiscal_year_from=H21&q=医療".encode())
        assert raw.startswith(b"HTTP/1.1 200")
        running.terminate()
        assert running.wait() in (0, -signal.SIGTERM)


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/v1/regions?q=医療".encode(), 200),
        ("/v1/regions?q=%E5%8C%BB療".encode(), 200),
        ("/v1/regions?q=医療".encode("shift_jis"), 422),
        ("/v1/regions?q=医療".encode("euc_jp"), 422),
        ("/地域".encode(), 404),
        (b"/v1/regions?q=\xc0\x80", 422),
        (b"/v1/regions?q=a;limit=1", 200),
        (b"/v1/./regions", 404),
        (b"/v1/regions/%2e%2e/programs", 404),
        (b"/v1/regions?q=" + b"a" * 70_000, 414),
        (b"/v1/regions?q=a b", 400),
        (b"/v1/regions?q=\0", 400),
    ],
)
def test_targets_as_people_and_attackers_type_them(client: httpx.Client, target: bytes, status: int) -> None:
    raw = answer(client.base_url.port or 0, target)
    assert raw.split(b" ", 2)[1] == str(status).encode(), raw
    assert status == 200 or b"application/problem+json" in raw


def test_a_body_with_bytes_beyond_ascii_does_not_disturb_the_next_request(client: httpx.Client) -> None:
    assert client.request("GET", "/v1/regions/7", content="医療".encode() * 10_000).status_code == 200
    assert client.get("/v1/regions/7").status_code == 200
