"""The gate: what is checked, what was found, and whether a build may be published."""
