"""What pages and their data say, by capability."""
