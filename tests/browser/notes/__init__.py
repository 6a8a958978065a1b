"""A page that holds two notes, served in tests only: the site, and that page beside it."""
