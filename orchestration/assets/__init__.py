"""Dagster's view of the flow: raw entities, models, publications."""
