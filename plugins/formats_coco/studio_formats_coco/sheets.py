"""Writing a COCO file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from studio.api.formats import (
    AnnotatedMedia,
    Box,
    Label,
    LabelSchema,
    Mask,
    MediaItem,
    Polygon,
    Shape,
    Skeleton,
    area,
    bounds,
)
from studio_formats_coco.runs import runs_of

Entry: TypeAlias = dict[str, object]


def written_sheet(schema: LabelSchema, items: Sequence[AnnotatedMedia]) -> dict[str, list[Entry]]:
    """Write all pictures and shapes as one document; numbers count from 1.

    Parameters
    ----------
    schema : LabelSchema
        Label number k becomes category k + 1.
    items : sequence of AnnotatedMedia
        With the names of the exported pictures, and shapes of kinds that COCO has.
    """
    numbers = {label.id: number for number, label in enumerate(schema.labels, 1)}
    images: list[Entry] = []
    annotations: list[Entry] = []
    for picture, item in enumerate(items, 1):
        images.append(
            {
                "id": picture,
                "file_name": item.media.name,
                "width": item.media.width,
                "height": item.media.height,
            }
        )
        for together in _objects(item.shapes):
            annotation = _annotation(together, item.media)
            annotation |= {
                "id": len(annotations) + 1,
                "image_id": picture,
                "category_id": numbers[together[0].label],
            }
            annotations.append(annotation)
    categories = [_category(number, label, schema) for number, label in enumerate(schema.labels, 1)]
    return {"images": images, "annotations": annotations, "categories": categories}


def _category(number: int, label: Label, schema: LabelSchema) -> Entry:
    above = schema.get(label.parent) if label.parent is not None else None
    entry: Entry = {
        "id": number, "name": label.name, "supercategory": above.name if above else "",
    }  # fmt: skip
    if label.skeleton is not None:
        entry["keypoints"] = list(label.skeleton.joints)
        entry["skeleton"] = [[a + 1, b + 1] for a, b in label.skeleton.edges]
    return entry


def _objects(shapes: Sequence[Shape]) -> list[list[Shape]]:
    """Bring a skeleton together with the one region of its label in its group."""
    objects: dict[str, list[Shape]] = {}
    for shape in shapes:
        key = f"{shape.label} {shape.group}" if shape.group else shape.id
        there = objects.get(key, [])
        alike = any(isinstance(one.geometry, Skeleton) for one in there) == isinstance(
            shape.geometry, Skeleton
        )
        if len(there) == 1 and not alike:
            there.append(shape)
        else:
            objects[key if not there else shape.id] = [shape]
    return list(objects.values())


def _annotation(parts: list[Shape], media: MediaItem) -> Entry:
    entry: Entry = {"iscrowd": 0, "segmentation": []}
    for shape in sorted(parts, key=lambda part: isinstance(part.geometry, Skeleton)):
        geometry = shape.geometry
        box = bounds(geometry) or Box(0, 0, 0, 0)
        if isinstance(geometry, Skeleton):
            joints = geometry.joints
            entry["keypoints"] = [n for j in joints for n in (j.x, j.y, j.visibility)]
            entry["num_keypoints"] = sum(j.visibility > 0 for j in joints)
            if "bbox" in entry:
                continue
        elif isinstance(geometry, Mask):
            entry["segmentation"] = runs_of(geometry, media.width, media.height)
        elif isinstance(geometry, Polygon):
            entry["segmentation"] = [
                [n for point in ring for n in point] for ring in geometry.rings
            ]
        entry["bbox"] = [box.x0, box.y0, box.width, box.height]
        entry["area"] = area(geometry)
        attributes = {name: kept for name, kept in shape.attributes.items() if name != "iscrowd"}
        entry["iscrowd"] = int(str(shape.attributes.get("iscrowd", 0)) in ("1", "True"))
        if attributes:
            entry["attributes"] = attributes
        if shape.score is not None:
            entry["score"] = shape.score
    return entry
