"""What a hand does on the canvas, one module a gesture."""
