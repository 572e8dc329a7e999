"""The engine room: torch and friends, loaded inside worker processes only."""
