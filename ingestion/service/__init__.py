"""Connectors of help desks."""
