"""Forms of the room, by capability."""
