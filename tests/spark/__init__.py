"""Tests that need a running Spark cluster."""
