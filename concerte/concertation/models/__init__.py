"""The facts of the room, by capability."""
