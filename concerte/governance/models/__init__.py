"""The facts of the room, by capability."""

from concerte.governance.models.bodies import DEFAULT_TIME_ZONE, Body, Mandate, Publicity, Seat

__all__ = ["DEFAULT_TIME_ZONE", "Body", "Mandate", "Publicity", "Seat"]
