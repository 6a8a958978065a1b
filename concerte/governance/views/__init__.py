"""Pages of the room, by capability."""
