"""Everything that changes exchanges, needs, themes, groups and ideas: the door of the room."""
