"""The labels a project agrees on: their names, colours, attributes and joints."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal, NewType, TypeAlias

from pydantic import Field, field_validator, model_validator

from studio.domain.artefacts import Value
from studio.domain.geometry import GeometryKind

LabelId = NewType("LabelId", str)
"""Stable id of a label; renaming the label does not change it."""

AttributeValue: TypeAlias = str | bool | int | float
"""What an attribute of a shape can be."""


class AttributeSpec(Value):
    """An attribute that shapes of a label can have."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    type: Literal["text", "number", "flag", "choice"] = "text"
    choices: tuple[str, ...] = ()
    """Of a choice, in order."""
    default: AttributeValue | None = None
    """What a new shape gets; None for nothing."""
    minimum: float | None = None
    maximum: float | None = None
    mutable: bool = False
    """Whether it may change from frame to frame of a video."""

    def fault(self, value: AttributeValue) -> str | None:
        """Say why a value cannot be, in one sentence without the full stop, or None if it can."""
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        match self.type:
            case "flag" if not isinstance(value, bool):
                return f"“{self.name}” is yes or no, not {value!r}"
            case "choice" if value not in self.choices:
                return f"“{self.name}” has no choice {value!r}"
            case "number" if not is_number or not math.isfinite(float(value)):
                return f"“{self.name}” is a number, not {value!r}"
            case "text" if not isinstance(value, str):
                return f"“{self.name}” is a text, not {value!r}"
        low, high = self.minimum, self.maximum
        if is_number and low is not None and float(value) < low:
            return f"“{self.name}” is at least {low:g}, not {value!r}"
        if is_number and high is not None and float(value) > high:
            return f"“{self.name}” is at most {high:g}, not {value!r}"
        return None


class SkeletonSpec(Value):
    """The joints that skeletons of a label have."""

    joints: tuple[str, ...]
    """Names, in the order of `Skeleton.joints`."""
    edges: tuple[tuple[int, int], ...] = ()
    """Which joints are joined by a line, by their numbers from 0."""
    mirrored: tuple[tuple[int, int], ...] = ()
    """Left and right joints that change places when the picture is mirrored."""
    start: tuple[tuple[float, float], ...] = ()
    """Where a fresh skeleton has its joints, as shares of its box; empty for a circle."""

    @model_validator(mode="after")
    def _known_joints(self) -> SkeletonSpec:
        count = len(self.joints)
        if any(not 0 <= at < count for pair in (*self.edges, *self.mirrored) for at in pair):
            raise ValueError("an edge or pair names a joint that is not there")
        if len(set(self.joints)) != count:
            raise ValueError("two joints share a name")
        if self.start and len(self.start) != count:
            raise ValueError("not every joint has a place to start from")
        return self


class Label(Value):
    """A name that can be given to a thing on a picture or to the picture itself."""

    id: LabelId
    name: Annotated[str, Field(min_length=1, max_length=200)]
    colour: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
    """Colour of its shapes, `#rrggbb`; data colours never follow the theme."""
    parent: LabelId | None = None
    """The label it is a kind of: a wheel under a vehicle."""
    attributes: tuple[AttributeSpec, ...] = ()
    """What its shapes can say of themselves; those of its parents are theirs as well."""
    skeleton: SkeletonSpec | None = None
    kinds: tuple[GeometryKind, ...] = ()
    """Kinds of geometry it may be drawn with; empty for all."""


class LabelSchema(Value):
    """The labels of a project, in the order in which models number them, from 0."""

    labels: tuple[Label, ...] = ()

    @field_validator("labels")
    @classmethod
    def _distinct(cls, labels: tuple[Label, ...]) -> tuple[Label, ...]:
        if len({label.id for label in labels}) != len(labels):
            raise ValueError("two labels share an id")
        if len({label.name for label in labels}) != len(labels):
            raise ValueError("two labels share a name")
        by_id = {label.id: label for label in labels}
        for label in labels:
            seen, above = {label.id}, label.parent
            while above is not None:
                if above not in by_id:
                    raise ValueError(f"“{label.name}” lies under a label that is not there")
                if above in seen:
                    raise ValueError(f"“{label.name}” lies under itself")
                seen.add(above)
                above = by_id[above].parent
        return labels

    def index(self, id: LabelId) -> int:  # noqa: A002
        """Return the number of a label, from 0; raises `KeyError`."""
        for number, label in enumerate(self.labels):
            if label.id == id:
                return number
        raise KeyError(id)

    def get(self, id: LabelId) -> Label | None:  # noqa: A002
        """Return the label with this id, or None."""
        return next((label for label in self.labels if label.id == id), None)

    def named(self, name: str) -> Label | None:
        """Return the label with this name, or None."""
        return next((label for label in self.labels if label.name == name), None)

    def ancestors(self, id: LabelId) -> Iterator[Label]:  # noqa: A002
        """Walk from the parent of a label up to the topmost."""
        label = self.get(id)
        while label is not None and label.parent is not None:
            label = self.get(label.parent)
            if label is not None:
                yield label

    def under(self, id: LabelId) -> set[LabelId]:  # noqa: A002
        """Return a label and all that lie under it."""
        return {
            label.id
            for label in self.labels
            if label.id == id or any(above.id == id for above in self.ancestors(label.id))
        }

    def attributes_of(self, id: LabelId) -> tuple[AttributeSpec, ...]:  # noqa: A002
        """Return what shapes of a label can say of themselves: its own and its parents' words."""
        label = self.get(id)
        if label is None:
            return ()
        specs = {spec.name: spec for above in self.ancestors(id) for spec in above.attributes}
        return tuple((specs | {spec.name: spec for spec in label.attributes}).values())

    @property
    def names(self) -> list[str]:
        """Names in model order."""
        return [label.name for label in self.labels]


PALETTE: tuple[str, ...] = (
    "#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377",
    "#ee8866", "#44bb99", "#bbcc33", "#77aadd", "#ffaabb", "#99ddff",
)  # fmt: skip
"""Colours told apart under the common colour blindnesses (Paul Tol, bright and light schemes)."""


def label_id(name: str) -> LabelId:
    """Make the id a label gets when it is first seen under a name: the same name, the same id."""
    slug = "".join(c if c.isalnum() else "_" for c in name.casefold())
    if slug and slug.isascii() and slug.strip("_"):
        return LabelId(slug)
    return LabelId("label_" + name.encode().hex())


def extended(schema: LabelSchema, names: Sequence[str]) -> LabelSchema:
    """Return a schema that also has labels of these names; known names are left alone."""
    labels = list(schema.labels)
    known = {label.name for label in labels}
    taken = {label.id for label in labels}
    for name in names:
        if name in known:
            continue
        fresh = label_id(name)
        while fresh in taken:
            fresh = LabelId(fresh + "_")
        labels.append(Label(id=fresh, name=name, colour=PALETTE[len(labels) % len(PALETTE)]))
        known.add(name)
        taken.add(fresh)
    return LabelSchema(labels=tuple(labels))
