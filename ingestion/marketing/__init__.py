"""Connectors of advertising and analytics platforms."""
