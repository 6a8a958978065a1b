"""The concerte command."""
