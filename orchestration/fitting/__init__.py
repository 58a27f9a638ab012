"""Models that are fitted by maximum likelihood, and what SQL may ask of them."""
