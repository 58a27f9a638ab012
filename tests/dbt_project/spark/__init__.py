"""One staging model built on DuckDB and on Spark in local mode, so that nothing engine-specific creeps in."""
