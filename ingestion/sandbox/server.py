"""The loopback HTTP server that carries every simulated vendor.

A vendor is an object with `handle(request) -> Response`; it is reached under `/<vendor>` and sees its own
real paths. `serve(world)` starts the server, `base_url(vendor)` is what a connector is configured with.
"""

import datetime as dt
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from ingestion.sandbox import files
from ingestion.sandbox.faults import Fault, Injector
from ingestion.sandbox.google_ads import GoogleAdsVendor
from ingestion.sandbox.http_shapes import Request, Response
from ingestion.sandbox.hubspot import HubSpotVendor
from ingestion.sandbox.stripe import StripeVendor
from ingestion.sandbox.world import World
from ingestion.sandbox.zendesk import ZendeskVendor

__all__ = ["Request", "Response", "SandboxServer", "Vendor", "serve"]


class Vendor(Protocol):
    """What answers the requests of one vendor."""

    def handle(self, request: Request) -> Response:
        """Answer one request; called from several threads at once."""


VENDORS: Mapping[str, Callable[[World], Vendor]] = {
    "hubspot": HubSpotVendor,
    "google_ads": GoogleAdsVendor,
    "zendesk": ZendeskVendor,
    "stripe": StripeVendor,
}


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

    def switch_faults(self, *faults: "Fault | str | Mapping[str, Any]") -> None:
        """Replace the faults that are switched on; none restores health."""
        self._http.injector.switch(faults)

    def faults(self) -> list[dict[str, Any]]:
        """Return the faults that are switched on, with how many requests they saw and hit."""
        return self._http.injector.shown()

    def write_files(self, folder: Path) -> None:
        """Write the company's file sources into a folder."""
        files.write(self.world, folder)

    def advance(self, to: dt.date) -> None:
        """Move the company's clock to the end of a later day."""
        self.world.advance(to)


class _HttpServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, world: World) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.world = world
        self.vendors = {name: vendor(world) for name, vendor in VENDORS.items()}
        self.injector = Injector(self.vendors)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent about clients that hang up; anything else is a defect and is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


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
        return self.server.injector.answer(vendor, request, self.server.vendors[vendor].handle)

    def _control(self, request: Request) -> Response:
        world, injector = self.server.world, self.server.injector
        if request.method == "POST":
            try:
                asked = request.json()
                if request.path == "/advance":
                    world.advance(dt.date.fromisoformat(asked["to"]))
                elif request.path == "/faults":
                    injector.switch(asked["faults"])
            except (KeyError, TypeError, ValueError) as error:
                return Response.of_json({"message": str(error)}, status=400)
        return Response.of_json({"as_of": world.as_of.isoformat(), "faults": injector.shown()})

    def _send(self, response: Response) -> None:
        if response.delay_seconds:
            time.sleep(response.delay_seconds)
        phrase = HTTPStatus(response.status).phrase
        length = len(response.body) if response.content_length is None else response.content_length
        headers = response.headers | {"Content-Length": str(length), "Date": self.date_time_string()}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        body = response.body[: response.cut_after]
        self.wfile.write(f"HTTP/1.1 {response.status} {phrase}\r\n{head}\r\n".encode("latin-1") + body)
        if response.cut_after is not None:
            self._reset()
        elif response.content_length is not None:
            self.close_connection = True

    def _reset(self) -> None:
        """Drop the connection so that the client sees a reset, not an end."""
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent: a terminal shows the pipeline, not its vendors."""


@contextmanager
def serve(
    world: World, port: int = 0, faults: "Iterable[Fault | str | Mapping[str, Any]]" = ()
) -> Iterator[SandboxServer]:
    """Serve a world on 127.0.0.1 until the block ends.

    `port` 0 takes a free one. `faults` are switched on from the first request (see faults.py).
    """
    http = _HttpServer(port, world)
    http.injector.switch(faults)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield SandboxServer(world, http)
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
