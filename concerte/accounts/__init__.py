"""People, sign-in, sessions."""
