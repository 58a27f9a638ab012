"""A deterministic simulated company that serves its vendors' HTTP shapes, and keeps a ledger of the truth."""
