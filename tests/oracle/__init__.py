"""The oracle: every KPI recomputed in pandas and plain Python from the ledger of what truly happened.

It reads CSV files in the shape of the unified entities and nothing that the pipeline made. The rules are those of
the KPI definitions; the worked example, run through the same functions, decides where a sentence is ambiguous.
"""
