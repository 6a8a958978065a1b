"""Pages of the room: what everyone reads, what those who manage do."""
