"""Random edits for the tests of projects; run as a program it labels until it is killed."""

from __future__ import annotations

import random
import sys
from pathlib import Path

from studio.domain.geometry import Box
from studio.domain.ids import digest_of
from studio.domain.labels import LabelSchema, extended
from studio.domain.media import AddMedia, MediaId, MediaItem
from studio.domain.pipelines import ChangeGraph, Node, NodeId
from studio.domain.project import Project
from studio.services.labelling import Labelling
from studio.storage.project_files import DiskProjectFiles


def picture(number: int) -> MediaItem:
    return MediaItem(
        id=MediaId(digest_of(b"%d" % number)),
        name=f"Ordner {number % 3}/Bild_{number:04d}.PNG",
        width=640,
        height=480,
    )


def prepare(project: Project, pictures: int = 4) -> None:
    """Give a project media and two labels to begin with."""
    project.perform(AddMedia(items=tuple(picture(number) for number in range(pictures))))
    labelling = Labelling(project)
    for name in ("cap", "nut"):
        labelling.add_label(name)


def gesture(project: Project, chance: random.Random) -> None:
    """Do one random deed; each is at most one edit."""
    labelling = Labelling(project)
    media = list(project.state.media)
    deeds = ["undo", "redo", "media", "label", "graph", "drop"]
    if media and project.state.schema.labels:
        deeds += ["add", "add", "add", "move", "delete", "tag", "paste", "front", "back"]
    deed = chance.choice(deeds)
    if deed in ("undo", "redo"):
        (project.undo if deed == "undo" else project.redo)()
    elif deed == "media":
        fresh = picture(len(project.history.titles) + 1_000 * len(media))
        if fresh.id not in project.state.media:
            project.perform(AddMedia(items=(fresh,)))
    elif deed == "label":
        change_labels(labelling, project.state.schema, chance)
    elif deed == "drop":
        if project.state.schema.labels and chance.random() < 0.3:
            labelling.remove_label(chance.choice(project.state.schema.labels).id)
    elif deed == "graph":
        change_graph(project, chance)
    else:
        change_shapes(labelling, deed, chance.choice(media).id, project.state.schema, chance)


def change_labels(labelling: Labelling, schema: LabelSchema, chance: random.Random) -> None:
    name = f"label {chance.randrange(1_000_000)}"
    if not schema.labels or chance.random() < 0.5:
        labelling.add_label(name)
        return
    label = chance.choice(schema.labels).id
    if chance.random() < 0.5:
        labelling.rename_label(label, name)
    else:
        labelling.recolour_label(label, f"#{chance.randrange(2**24):06x}")
    labelling.reorder_labels([one.id for one in reversed(extended(schema, []).labels)])


def change_graph(project: Project, chance: random.Random) -> None:
    node = NodeId(f"node_{chance.randrange(3)}")
    graph, layout = project.state.graphs.get("main") or (None, None)
    before = graph.nodes.get(node) if graph else None
    place = layout.positions.get(node) if layout else None
    after = None if before else Node(op="train.classifier@1", params={"epochs": 3})
    project.perform(
        ChangeGraph(
            name="main",
            before={node: before},
            after={node: after},
            moved_from={node: place},
            moved_to={node: (1.0, 2.0) if after else None},
        )
    )


def change_shapes(
    labelling: Labelling, deed: str, media: MediaId, schema: LabelSchema, chance: random.Random
) -> None:
    shapes = list(labelling.shapes(media))
    some = chance.sample(shapes, min(len(shapes), chance.randint(1, 3)))
    label = chance.choice(schema.labels).id
    x, y = chance.uniform(0, 500), chance.uniform(0, 400)
    if deed == "tag":
        labelling.set_tag(media, label, chance.random() < 0.7)
    elif deed == "add" or not shapes:
        labelling.add(media, label, Box(x, y, x + 20, y + 10))
    elif deed == "move":
        moved = [shape.model_copy(update={"geometry": Box(x, y, x + 9, y + 9)}) for shape in some]
        labelling.change(media, some, moved, "Move")
    elif deed == "delete":
        labelling.delete(media, some)
    elif deed == "paste":
        labelling.paste(media, some, (8.0, 8.0))
    elif deed == "front":
        labelling.bring_to_front(media, some)
    else:
        labelling.send_to_back(media, some)


def label_until_killed(folder: Path, seed: int) -> None:
    """Label for ever, and print the number of each shape once its edit is acknowledged."""
    project = DiskProjectFiles().open(folder)
    chance = random.Random(seed)
    media = [item.id for item in project.state.media]
    labelling = Labelling(project)
    label = project.state.schema.labels[0].id
    while True:
        shape = labelling.add(chance.choice(media), label, Box(0, 0, chance.uniform(1, 9), 5))
        sys.stdout.write(f"{shape.id}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    label_until_killed(Path(sys.argv[1]), int(sys.argv[2]))
