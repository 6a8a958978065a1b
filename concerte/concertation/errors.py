"""What this room refuses. `code` is for programs and tests, `message` for the person."""
