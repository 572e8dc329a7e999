"""Which node is next in a direction; knows no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from studio.domain.pipelines import NodeId

Direction = Literal["left", "right", "up", "down"]


def next_in(
    places: Mapping[NodeId, tuple[float, float]], here: NodeId | None, direction: Direction
) -> NodeId | None:
    """Return the nearest node in a direction; the first one where nothing is selected.

    Parameters
    ----------
    places : mapping
        Centres of all nodes, scene px.
    here : NodeId or None
        Where the walk begins.
    direction : str
        What lies more aside than ahead comes last; what lies aside counts twice.
    """
    if not places:
        return None
    if here is None or here not in places:
        return min(places, key=lambda id_: (places[id_], id_))
    x, y = places[here]
    best: tuple[bool, float, NodeId] | None = None
    for id_, (other_x, other_y) in places.items():
        dx, dy = other_x - x, other_y - y
        ahead, aside = {
            "left": (-dx, dy),
            "right": (dx, dy),
            "up": (-dy, dx),
            "down": (dy, dx),
        }[direction]
        if ahead > 0:
            found = (abs(aside) > ahead, ahead + 2 * abs(aside), id_)
            if best is None or found < best:
                best = found
    return best[2] if best else None
