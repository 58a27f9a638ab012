"""Connectors of CRMs."""
