"""Opens one version read-only and prints the content hash of every mart as JSON; runs in a process of its own."""

import json
import sys

import duckdb

from orchestration.quality import hashes


def main(path: str) -> None:
    """Print the content hashes of the version at `path`."""
    with duckdb.connect(path, read_only=True) as connection:
        connection.execute("set autoinstall_known_extensions = false")
        print(json.dumps(hashes.content_hashes(connection)))


if __name__ == "__main__":
    main(sys.argv[1])
