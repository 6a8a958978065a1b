"""The facts of the room, by capability."""

from concerte.governance.models.bodies import Body, Mandate, Seat

__all__ = ["Body", "Mandate", "Seat"]
