"""Extraction of all enabled sources into landing."""

from ingestion.source import Page, Record, Source, StreamState

__all__ = ["Page", "Record", "Source", "StreamState"]
