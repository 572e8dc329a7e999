"""Writing a COCO file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TypeAlias

from studio.api.artefacts import Shape
from studio.api.formats import AnnotatedMedia, Box, LabelSchema, Polygon

Entry: TypeAlias = dict[str, object]


def written_sheet(
    schema: LabelSchema, items: Sequence[AnnotatedMedia], lost: list[str]
) -> dict[str, list[Entry]]:
    """Write all pictures and shapes as one document; numbers count from 1.

    Parameters
    ----------
    schema : LabelSchema
        Label number k becomes category k + 1.
    items : sequence of AnnotatedMedia
        With the names of the exported pictures.
    lost : list of str
        Grows by sentences about what was left out.
    """
    numbers = {label.id: number for number, label in enumerate(schema.labels, 1)}
    images: list[Entry] = []
    annotations: list[Entry] = []
    missing: Counter[str] = Counter()
    for picture, item in enumerate(items, 1):
        images.append(
            {
                "id": picture,
                "file_name": item.media.name,
                "width": item.media.width,
                "height": item.media.height,
            }
        )
        for together in _objects(item.shapes, missing):
            annotation = _annotation(together)
            annotation |= {
                "id": len(annotations) + 1,
                "image_id": picture,
                "category_id": numbers[together[0].label],
            }
            annotations.append(annotation)
    lost += [f"COCO has no {what}: {count:,} were left out." for what, count in missing.items()]
    categories: list[Entry] = [
        {"id": number, "name": label.name, "supercategory": ""}
        for number, label in enumerate(schema.labels, 1)
    ]
    return {"images": images, "annotations": annotations, "categories": categories}


def _objects(shapes: Sequence[Shape], missing: Counter[str]) -> list[list[Shape]]:
    """Bring the parts of one object together, in the order of their first part."""
    objects: dict[str, list[Shape]] = {}
    for shape in shapes:
        if shape.kind == "tag":
            missing["tags on pictures"] += 1
            continue
        if isinstance(shape.geometry, Polygon) and len(shape.geometry.rings) > 1:
            missing["holes in polygons"] += len(shape.geometry.rings) - 1
        part = shape.attributes.get("part_of")
        joined = part and isinstance(shape.geometry, Polygon)
        objects.setdefault(f"{shape.label} {part}" if joined else shape.id, []).append(shape)
    return list(objects.values())


def _annotation(parts: list[Shape]) -> Entry:
    outlines = [s.geometry.rings[0] for s in parts if isinstance(s.geometry, Polygon)]
    if outlines:
        xs = [x for ring in outlines for x, _ in ring]
        ys = [y for ring in outlines for _, y in ring]
        box = Box(min(xs), min(ys), max(xs), max(ys))
        area = sum(map(_area, outlines))
    else:
        geometry = parts[0].geometry
        box = geometry if isinstance(geometry, Box) else Box(0, 0, 0, 0)
        area = box.area
    return {
        "bbox": [box.x0, box.y0, box.width, box.height],
        "area": area,
        "iscrowd": int(parts[0].attributes.get("iscrowd") == "1"),
        "segmentation": [[value for point in ring for value in point] for ring in outlines],
    }


def _area(ring: tuple[tuple[float, float], ...]) -> float:
    """Return the area inside a ring by the shoelace formula, px²."""
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs)) / 2
