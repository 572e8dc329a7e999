"""Small widgets that know nothing of rooms."""
