"""The main of the resident that answers prompts: `python -m studio.engine.prompt_server`.

Embeddings are kept on disk under the digests of picture and model, so that a picture is seen once.
"""

from __future__ import annotations

import os
import zipfile
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.api.resident import Answer, serve
from studio.domain.ids import JsonObject
from studio.engine.promptable import Embedding, PromptableModel
from studio.errors import NotFound, StudioError

_IN_MEMORY = 4


class PromptServer:
    """Holds the model that was asked last, and the embeddings of the pictures asked about."""

    def __init__(self) -> None:
        self._files: tuple[str, str, int] | None = None
        self._model: PromptableModel | None = None
        self._kept: OrderedDict[str, Embedding] = OrderedDict()

    def embed(self, facts: JsonObject, arrays: Mapping[str, NDArray[Any]]) -> Answer:
        """See a picture, and keep what was seen in the file that the facts name."""
        path = Path(str(facts["file"]))
        embedding = self._open(facts).embed(arrays["pixels"])
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                np.savez(file, allow_pickle=False, **embedding)
            part.replace(path)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise StudioError(
                f"What the model saw could not be kept ({error.strerror}).",
                "Make room on the disk.",
            ) from error
        self._keep(str(path), embedding)
        return {}, {}

    def segment(self, facts: JsonObject, arrays: Mapping[str, NDArray[Any]]) -> Answer:
        """Answer a prompt about a picture that was seen before."""
        embedding = self._embedding(str(facts["file"]))
        mask, score = self._open(facts).segment(embedding, arrays["points"], arrays["labels"])
        return {"score": score}, {"mask": mask}

    def _open(self, facts: JsonObject) -> PromptableModel:
        files = str(facts["encoder"]), str(facts["decoder"]), int(str(facts["input_size"]))
        if self._model is None or files != self._files:
            # The old one goes first: two may not fit into the memory.
            self._model = None
            self._model = PromptableModel(Path(files[0]), Path(files[1]), files[2])
            self._files = files
        return self._model

    def _embedding(self, path: str) -> Embedding:
        found = self._kept.get(path)
        if found is None:
            try:
                with np.load(path, allow_pickle=False) as stored:
                    found = {name: stored[name] for name in stored.files}
            except (OSError, ValueError, zipfile.BadZipFile, KeyError) as error:
                Path(path).unlink(missing_ok=True)
                raise NotFound("The picture was not seen by this model yet.") from error
        self._keep(path, found)
        return found

    def _keep(self, path: str, embedding: Embedding) -> None:
        self._kept[path] = embedding
        self._kept.move_to_end(path)
        while len(self._kept) > _IN_MEMORY:
            self._kept.popitem(last=False)


if __name__ == "__main__":
    server = PromptServer()
    serve({"embed": server.embed, "segment": server.segment})
