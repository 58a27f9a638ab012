"""KPIs by name: the semantic layer that is written from their registry, and answers from the published version."""
