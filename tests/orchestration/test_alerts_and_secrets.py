"""A failed run is told to its sinks, a broken sink changes nothing, and no secret leaves its place."""

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from ingestion.settings import Settings, load_settings
from orchestration import alerts
from tests.orchestration.companies import funnel

CANARY = "canary-3f9a6c1e-never-to-be-seen"
SUMMARY = {
    "status": "failed", "started_at": "2026-03-01", "finished_at": "2026-03-01", "error": "source x failed",
    "build_id": None,
}  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def company(folder: Path, *, webhook: str = "", smtp_port: int = 0) -> Settings:
    (folder / "hook").write_text(webhook)
    text = f"[company]\nname = 'Acme'\n[alerts]\nsmtp_host = '127.0.0.1'\nsmtp_port = {smtp_port or free_port()}\n"
    text += "email_to = ['ops@example.com']\n" + ("webhook_url = { file = 'hook' }\n" if webhook else "")
    (folder / "funnelhouse.toml").write_text(text)
    return load_settings(folder / "funnelhouse.toml")


class Hook(BaseHTTPRequestHandler):
    received: ClassVar[list[dict[str, str]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.received.append(json.loads(body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


def test_failed_run_is_posted_to_the_webhook(tmp_path: Path) -> None:
    server = HTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.handle_request, daemon=True).start()
    settings = company(tmp_path, webhook=f"http://127.0.0.1:{server.server_port}/hook")
    problems = alerts.send(settings, SUMMARY)
    server.server_close()
    assert Hook.received[-1]["status"] == "failed"
    assert "source x failed" in Hook.received[-1]["text"]
    assert problems == ["the e-mail alert could not be sent: ConnectionRefusedError"]


def test_sink_that_is_down_only_leaves_a_note_without_its_address(tmp_path: Path) -> None:
    settings = company(tmp_path, webhook=f"http://127.0.0.1:{free_port()}/{CANARY}")
    problems = alerts.send(settings, SUMMARY)
    assert len(problems) == 2
    assert CANARY not in " ".join(problems)


class Refusing(BaseHTTPRequestHandler):
    """A vendor that refuses the credential and repeats it in its answer."""

    def do_GET(self) -> None:
        body = json.dumps({"message": f"bad credential {self.headers.get('Authorization')}"}).encode()
        self.send_response(401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def failing_company(tmp_path: Path) -> Iterator[Path]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_port
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "token").write_text(CANARY)
    (tmp_path / "funnelhouse.toml").write_text(
        f"""
[company]
as_of_date = 2026-03-31
[alerts]
webhook_url = {{ file = "secrets/token" }}
[sources.hubspot]
base_url = "http://127.0.0.1:{port}"
access_token = {{ file = "secrets/token" }}
[sources.stripe]
base_url = "http://127.0.0.1:{port}"
api_key = {{ env = "CANARY_KEY" }}
"""
    )
    yield tmp_path
    server.shutdown()
    server.server_close()


@pytest.mark.slow
def test_failed_run_keeps_its_exit_code_when_the_sink_is_down_and_tells_no_secret(failing_company: Path) -> None:
    done = funnel(failing_company, "run", CANARY_KEY=CANARY)
    assert done.returncode in {1, 3}
    assert CANARY not in done.stdout + done.stderr
    seen = [
        path
        for path in failing_company.rglob("*")
        if path.is_file() and "secrets" not in path.parts and CANARY.encode() in path.read_bytes()
    ]
    assert seen == []


def test_failed_extraction_tells_no_secret(failing_company: Path) -> None:
    done = funnel(failing_company, "extract", CANARY_KEY=CANARY)
    assert done.returncode == 3
    assert CANARY not in done.stdout + done.stderr
    assert "127.0.0.1" in done.stdout + done.stderr or "hubspot" in done.stdout + done.stderr
    seen = [
        path
        for path in failing_company.rglob("*")
        if path.is_file() and "secrets" not in path.parts and CANARY.encode() in path.read_bytes()
    ]
    assert seen == []
