"""Answers for the HTTP tests: scripted ones in memory, and broken ones over a real socket."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx

from ingestion.http import ApiClient, RetryPolicy
from ingestion.oauth import Bearer, Credentials

QUICK = RetryPolicy(attempts=5, budget=1.0, retry_after_cap=0.05, first_wait=0.001, wait_cap=0.005)
BASE = "https://api.vendor.example/base"
CANARY = "canary-5f1d-secret"

Handler = Callable[[httpx.Request], httpx.Response]


def client(handler: Handler, *, policy: RetryPolicy = QUICK, credentials: Credentials | None = None) -> ApiClient:
    """A client whose vendor is a function."""
    return ApiClient(
        source="vendor",
        base_url=BASE,
        credentials=credentials or Bearer(CANARY),
        policy=policy,
        transport=httpx.MockTransport(handler),
    )


def script(*answers: httpx.Response) -> tuple[Handler, list[httpx.Request]]:
    """Answers in turn (the last one for ever), and the requests that came."""
    requests: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        answer = answers[min(len(requests), len(answers) - 1)]
        requests.append(request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    return handle, requests


@contextmanager
def raw_server(*answers: bytes) -> Iterator[str]:
    """A server that sends the given bytes, one answer a connection, and hangs up; its base URL."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for answer in answers:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65_536)
                connection.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.close()
        thread.join(timeout=2)
