"""Unchangeable things with an id: what operations take and give.

Each artefact is stored as an OCI image manifest in canonical JSON (OCI image specification 1.1):
its own document is the config blob, the big content it refers to are the layers. Its digest is the
sha256 of the manifest. Nothing that differs between two equal runs (a time, a host, a run's name)
belongs in it; where it came from stands in the result record of the operation instead.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import ClassVar, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from studio.domain.ids import Digest, JsonObject, canonical_json, digest_of
from studio.domain.objects import ObjectStore
from studio.errors import Damaged

_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.studio.config.v1+json"


class Value(BaseModel):
    """A frozen value that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="null")


class Layer(NamedTuple):
    """Big content of an artefact."""

    title: str
    digest: Digest
    media_type: str = "application/octet-stream"


class Artefact(Value):
    """Base of every artefact: subclasses set `kind` and may list layers."""

    kind: ClassVar[str] = "artefact"
    noun: ClassVar[str] = "artefact"

    def layers(self) -> tuple[Layer, ...]:
        """List the objects that hold this artefact's big content."""
        return ()

    def references(self, store: ObjectStore) -> Iterator[Digest]:
        """Walk over all objects that are needed to use this artefact, layers included.

        Subclasses whose layers name further objects (a dataset names its media) add those.
        """
        del store
        for layer in self.layers():
            yield layer.digest


A = TypeVar("A", bound=Artefact)


class Stored(NamedTuple):
    """The head of a stored artefact, as read from its manifest."""

    kind: str
    config: JsonObject
    config_digest: Digest


def put_artefact(store: ObjectStore, artefact: Artefact) -> Digest:
    """Store an artefact's config and manifest.

    Parameters
    ----------
    store : ObjectStore
        Must already hold the artefact's layers.
    artefact : Artefact
        Any kind.

    Returns
    -------
    Digest
        Of the manifest; this is the artefact's id.
    """
    config = canonical_json(artefact.model_dump(mode="json"))
    manifest: JsonObject = {
        "schemaVersion": 2,
        "mediaType": _MANIFEST,
        "artifactType": f"application/vnd.studio.{artefact.kind}.v1+json",
        "config": {"mediaType": _CONFIG, "digest": digest_of(config), "size": len(config)},
        "layers": [
            {
                "mediaType": layer.media_type,
                "digest": layer.digest,
                "size": store.size(layer.digest),
                "annotations": {"org.opencontainers.image.title": layer.title},
            }
            for layer in artefact.layers()
        ],
    }
    store.put(config)
    return store.put(canonical_json(manifest))


def head(store: ObjectStore, digest: Digest) -> Stored:
    """Read what kind of artefact a digest names, and its config.

    Raises
    ------
    Damaged
        If the object is not an artefact's manifest.
    """
    try:
        manifest = json.loads(store.get(digest))
        kind = manifest["artifactType"].removeprefix("application/vnd.studio.")
        config_digest = Digest(manifest["config"]["digest"])
        config = json.loads(store.get(config_digest))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Damaged(
            f"The object {digest[:19]}… is not the manifest of an artefact.",
            "Check the project with `studio project check`.",
        ) from error
    return Stored(kind.removesuffix(".v1+json"), config, config_digest)


def get_artefact(store: ObjectStore, digest: Digest, kind: type[A]) -> A:
    """Read an artefact of a known kind.

    Raises
    ------
    Damaged
        If the digest names something else, or a config that breaks its schema.
    """
    stored = head(store, digest)
    if stored.kind != kind.kind:
        raise Damaged(
            f"Expected {kind.noun} but {digest[:19]}… is of kind “{stored.kind}”.",
            "Choose another input.",
        )
    try:
        return kind.model_validate(stored.config)
    except ValidationError as error:
        raise Damaged(
            f"The {kind.noun} {digest[:19]}… does not follow its schema: {error}",
            "It may come from a newer studio; update, or make it anew.",
        ) from error
