"""The `funnel` command."""
