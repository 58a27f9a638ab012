"""Connectors of billing systems."""
