"""The video page: films, their frames, and the tracks of what moves in them."""
