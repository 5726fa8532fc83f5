"""Rooms: presence, tickets and the realtime gateway."""
