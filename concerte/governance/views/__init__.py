"""The pages of the room, by capability."""
