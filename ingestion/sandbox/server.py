"""The loopback HTTP server that carries every simulated vendor.

A vendor is an object with `handle(request) -> Response`; it is reached under `/<vendor>` and sees its own
real paths. `serve(world)` starts the server, `base_url(vendor)` is what a connector is configured with.
"""

import datetime as dt
import importlib.util
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Protocol, cast
from urllib.parse import parse_qs, unquote, urlsplit

from ingestion.sandbox.http_shapes import Request, Response
from ingestion.sandbox.world import World

__all__ = ["Request", "Response", "SandboxServer", "Vendor", "serve"]

VENDORS: Mapping[str, tuple[str, str]] = {
    "hubspot": ("ingestion.sandbox.hubspot", "HubSpotVendor"),
    "google_ads": ("ingestion.sandbox.google_ads", "GoogleAdsVendor"),
    "zendesk": ("ingestion.sandbox.zendesk", "ZendeskVendor"),
    "stripe": ("ingestion.sandbox.stripe", "StripeVendor"),
}


class Vendor(Protocol):
    """What answers the requests of one vendor."""

    def handle(self, request: Request) -> Response:
        """Answer one request; called from several threads at once."""


def vendors_of(world: World) -> dict[str, Vendor]:
    """Return the vendors of a world by name."""
    found: dict[str, Vendor] = {}
    for name, (module, attribute) in VENDORS.items():
        if importlib.util.find_spec(module) is not None:
            found[name] = cast(Vendor, getattr(importlib.import_module(module), attribute)(world))
    return found


class SandboxServer:
    """A running sandbox: base URLs per vendor, the clock, and the files the company keeps beside its vendors."""

    def __init__(self, world: World, http: "_HttpServer") -> None:
        """Wrap a listening server."""
        self.world = world
        self._http = http

    @property
    def port(self) -> int:
        """The loopback port in use."""
        return int(self._http.server_address[1])

    def base_url(self, vendor: str) -> str:
        """Return the base URL of a vendor; raises KeyError for an unknown one."""
        if vendor not in VENDORS:
            raise KeyError(vendor)
        return f"http://127.0.0.1:{self.port}/{vendor}"

    def advance(self, to: dt.date) -> None:
        """Move the company's clock to the end of a later day."""
        self.world.advance(to)


class _HttpServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, world: World) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.world = world
        self.vendors = vendors_of(world)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _HttpServer

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        parts = urlsplit(self.path)
        _, _, rest = parts.path.partition("/")
        vendor, _, path = rest.partition("/")
        request = Request(
            method=self.command,
            path="/" + unquote(path),
            query=parse_qs(parts.query, keep_blank_values=True),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
            base_url=f"http://127.0.0.1:{self.server.server_address[1]}/{vendor}",
        )
        self._send(self._answer(vendor, request))

    def _answer(self, vendor: str, request: Request) -> Response:
        if vendor == "_sandbox":
            return self._control(request)
        if vendor not in self.server.vendors:
            return Response.of_json({"message": f"no vendor {vendor!r}"}, status=404)
        return self.server.vendors[vendor].handle(request)

    def _control(self, request: Request) -> Response:
        if request.method == "POST" and request.path == "/advance":
            self.server.world.advance(dt.date.fromisoformat(request.json()["to"]))
        return Response.of_json({"as_of": self.server.world.as_of.isoformat()})

    def _send(self, response: Response) -> None:
        phrase = self.responses.get(HTTPStatus(response.status), ("", ""))[0] if response.status < 600 else ""
        length = len(response.body) if response.content_length is None else response.content_length
        headers = response.headers | {"Content-Length": str(length), "Date": self.date_time_string()}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.wfile.write(f"HTTP/1.1 {response.status} {phrase}\r\n{head}\r\n".encode("latin-1") + response.body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent: a terminal shows the pipeline, not its vendors."""


@contextmanager
def serve(world: World, port: int = 0, faults: Iterable[object] = ()) -> Iterator[SandboxServer]:
    """Serve a world on 127.0.0.1 until the block ends.

    `port` 0 takes a free one. `faults` are switched on from the first request (see faults.py).
    """
    http = _HttpServer(port, world)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield SandboxServer(world, http)
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def write_files(world: World, folder: Path) -> None:
    """Write the company's file sources into a folder."""
    from ingestion.sandbox import files

    files.write(world, folder)
