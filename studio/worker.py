"""The main of every job: `python -m studio.worker FOLDER --store FOLDER`.

Beside `studio.app` the only place where floors are joined. It reads the order, runs the operation
and writes how it ended, last of all. It never touches the project's database.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import sys
import time
import traceback
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from studio import paths
from studio.api.job_folder import JobFolder, replace_file
from studio.compute.exchange import DEEDS, Deed, serve
from studio.compute.local import LocalCompute, stop_with_parent
from studio.domain.artefacts import Artefact, get_artefact, put_artefact
from studio.domain.ids import Digest, JsonObject
from studio.domain.jobs import PIPELINE, JobExit, JobOrder
from studio.domain.operations import Operation
from studio.engine.context import JobContext
from studio.engine.device import choose_device
from studio.engine.room import EngineRoom
from studio.errors import Cancelled, OutOfMemory, Paused, StudioError
from studio.services.plugin_host import PluginHost
from studio.storage.objects import DiskObjects
from studio.storage.results import DiskResults

_REPORTED = ("torch", "torchvision", "numpy", "onnx", "onnxruntime-gpu", "onnxruntime", "pillow")
# Less than what the pipeline's own worker is given, or that is ended before it ended its nodes.
_NODE_GRACE_SECONDS = 2.0


def run(path: Path, store_folder: Path, plugin_folders: list[Path]) -> JobExit:
    """Run the job of a folder to its end.

    Parameters
    ----------
    path : Path
        The job's folder, with `order.json`.
    store_folder : Path
        The project's `objects`; `results` stands beside it.
    plugin_folders : list of Path
        Where plugins are found.

    Returns
    -------
    JobExit
        As written to `exit.json`.
    """
    folder = JobFolder(path)
    folder.take_lease()
    begun = time.monotonic()
    ended = _guarded(folder, store_folder, plugin_folders)
    ended = ended.model_copy(update={"seconds": round(time.monotonic() - begun, 3)})
    replace_file(folder.exit_file, ended.model_dump_json(indent=1).encode())
    return ended


def _guarded(folder: JobFolder, store_folder: Path, plugin_folders: list[Path]) -> JobExit:
    """Run the order; whatever goes wrong becomes an exit that a person can read."""
    try:
        outputs = _run_order(folder, store_folder, plugin_folders)
        return JobExit(state="finished", outputs=outputs)
    except Paused as error:
        return JobExit(state="paused", what_happened=error.what_happened, error="Paused")
    except Cancelled as error:
        return JobExit(state="cancelled", what_happened=error.what_happened, error="Cancelled")
    except StudioError as error:
        return JobExit(
            state="failed",
            what_happened=error.what_happened,
            what_to_do=error.what_to_do,
            error=type(error).__name__,
        )
    except MemoryError:
        return JobExit(
            state="failed",
            what_happened="This machine ran out of memory.",
            what_to_do="Use a smaller batch or smaller pictures, or close other programs.",
            error=OutOfMemory.__name__,
        )
    except OSError as error:
        return JobExit(
            state="failed",
            what_happened=f"A file could not be read or written: {error}.",
            what_to_do="Look whether the disk is full or the folder may be written to.",
            error=traceback.format_exc(),
        )
    except Exception as error:  # noqa: BLE001  (the worker's main: a defect must leave its trace)
        return JobExit(
            state="failed",
            what_happened=f"The operation broke: {type(error).__name__}: {error}.",
            what_to_do="This is a defect; please report it with the job's log.",
            error=traceback.format_exc(),
        )


def _run_order(
    folder: JobFolder, store_folder: Path, plugin_folders: list[Path]
) -> dict[str, Digest]:
    order = folder.order()
    plugins = PluginHost(plugin_folders)
    store = DiskObjects(store_folder)
    device, words = choose_device(order.device)
    attempt = _next_attempt(folder)
    context = JobContext(folder, store, EngineRoom(plugins), plugins, order.seed, device, attempt)
    _write_environment(folder, words)
    context.start(words)
    try:
        if order.operation.partition("@")[0] == PIPELINE:
            return _run_pipeline(order, context, folder, store_folder, plugins, plugin_folders)
        outputs = _run_operation(plugins.get(order.operation), order, context)
    finally:
        context.close()
    if order.key:
        record: JsonObject = {"operation": order.operation, "outputs": dict(outputs)}
        DiskResults(store_folder.parent / "results", store).put(order.key, record)
    return outputs


def _run_operation(operation: Operation, order: JobOrder, context: JobContext) -> dict[str, Digest]:
    context.resumable = operation.resumable
    random.seed(order.seed)
    np.random.seed(order.seed % 2**32)  # noqa: NPY002  (for libraries that draw from it)
    version = order.operation.partition("@")[2]
    params = operation.parse(order.params, int(version) if version.isdecimal() else None)
    inputs: dict[str, Artefact | None] = {}
    for port in operation.inputs:
        digest = order.inputs.get(port.name)
        if digest is not None:
            inputs[port.name] = get_artefact(context.store, digest, port.artefact)
        elif port.optional:
            inputs[port.name] = None
        else:
            raise StudioError(
                f"“{operation.title}” needs {port.artefact.noun} at “{port.name}”.",
                "Connect or name one.",
            )
    result: Any = operation.function(context, **inputs, params=params)
    made = (result,) if isinstance(result, Artefact) else tuple(result)
    return {
        port.name: put_artefact(context.store, artefact)
        for port, artefact in zip(operation.outputs, made, strict=True)
    }


def _run_pipeline(
    order: JobOrder,
    context: JobContext,
    folder: JobFolder,
    store_folder: Path,
    plugins: PluginHost,
    plugin_folders: list[Path],
) -> dict[str, Digest]:
    from studio.services.coordinator import Coordinator

    results = DiskResults(store_folder.parent / "results", DiskObjects(store_folder))
    local = LocalCompute(store_folder, plugin_folders, "", _NODE_GRACE_SECONDS, bound=True)
    return Coordinator(order, context, folder, results, plugins, local).run()


def _next_attempt(folder: JobFolder) -> int:
    started = [m for m in folder.read().messages if m.kind == "started"]
    return len(started) + 1


def _write_environment(folder: JobFolder, device: str) -> None:
    packages = {}
    for name in _REPORTED:
        try:
            packages[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    document = {
        "host": platform.node(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "device": device,
        "packages": packages,
    }
    replace_file(folder.environment_file, orjson.dumps(document, option=orjson.OPT_INDENT_2))


def _exchange(deed: Deed, store: Path) -> int:
    """Do one deed of the far end of a transfer."""
    store.mkdir(parents=True, exist_ok=True)
    try:
        serve(deed, DiskObjects(store), store.parent, sys.stdin.buffer, sys.stdout.buffer)
    except StudioError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Run one job; returns 0 if it finished, was paused or cancelled."""
    parser = argparse.ArgumentParser(prog="studio.worker", description=run.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--plugins", type=Path, action="append")
    parser.add_argument("--exchange", choices=DEEDS, help="move objects instead of running a job")
    parser.add_argument("--bound", type=int, help="parent that this process stops with")
    given = parser.parse_args(arguments)
    if given.exchange:
        return _exchange(given.exchange, given.store)
    folders = given.plugins or [paths.builtin_plugins(), paths.data_folder() / "plugins"]
    if given.bound:
        stop_with_parent(given.bound)
    ended = run(given.folder, given.store, folders)
    return 1 if ended.state == "failed" else 0


if __name__ == "__main__":
    sys.exit(main())
