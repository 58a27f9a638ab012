"""The simulated vendors in a process of their own, told by lines of JSON what to do; ends when its input ends.

The first line out names the port and the base URLs. `{"files": folder}` writes the company's files,
`{"advance": "2026-07-03"}` moves its clock; each is answered by a line.
"""

import argparse
import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

from ingestion.sandbox.server import VENDORS, SandboxServer, serve
from ingestion.sandbox.world import World


def main() -> None:
    """Serve until the input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--scale", type=float, required=True)
    parser.add_argument("--as-of", type=dt.date.fromisoformat, required=True)
    options = parser.parse_args()
    world = World.create(options.seed, options.scale, options.as_of)
    with serve(world) as server:
        _answer({"port": server.port, "urls": {vendor: server.base_url(vendor) for vendor in VENDORS}})
        for line in sys.stdin:
            _do(server, json.loads(line))
            _answer({"as_of": world.as_of.isoformat()})


def _do(server: SandboxServer, asked: dict[str, str]) -> None:
    if "advance" in asked:
        server.advance(dt.date.fromisoformat(asked["advance"]))
    if "files" in asked:
        server.write_files(Path(asked["files"]))


def _answer(content: dict[str, Any]) -> None:
    print(json.dumps(content), flush=True)


if __name__ == "__main__":
    main()
