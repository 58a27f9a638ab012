"""A deterministic simulated company that serves its vendors' HTTP shapes on loopback, and keeps a ledger of the truth."""
