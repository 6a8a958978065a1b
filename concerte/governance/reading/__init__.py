"""What pages and data of the room show, read once for both."""
