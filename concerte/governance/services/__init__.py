"""Everything that changes bodies, meetings and decisions: the door of the room."""
