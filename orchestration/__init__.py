"""Wires the steps from the vendors to the publications: the gate, the doors, the command line, Dagster."""
