"""The first floor: one class per deed; collaborators come in by the constructor."""
