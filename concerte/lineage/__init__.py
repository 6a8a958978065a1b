"""What came of what: one table of links between plain references, whatever the room things live in."""
