"""Who did what, when, on what, for which organisation. Appended only."""
