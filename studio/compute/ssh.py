"""Jobs on a host reached by SSH: the same order, the same worker, the same folder over there.

There the studio keeps, in one folder: `code/<digest>` (its own source and the plugins'), `objects`
and `results` (shared by all projects: content has no owner), and `jobs/<id>`, the job folders. The
folder here is a mirror: `events.jsonl` and `log.txt` are continued from the byte up to which they
are here already, so that a cut loses and doubles nothing; `exit.json` comes last, after the objects
it names.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import threading
import time
from collections.abc import Collection, Sequence
from pathlib import Path

from studio import paths
from studio.api.job_folder import JobFolder, replace_file
from studio.compute import exchange, far_shell
from studio.compute.host import Host
from studio.compute.host_keys import HostKeys
from studio.compute.ssh_link import Answer, SshLink
from studio.domain.artefacts import head
from studio.domain.ids import Digest
from studio.domain.jobs import PIPELINE, Control, JobExit, JobHandle, JobOrder
from studio.domain.objects import ObjectStore
from studio.domain.operations import Catalogue
from studio.errors import BadInput, ComputeFailed, Damaged

_GRACE_SECONDS = 5.0
_ALIVE_SECONDS = 1.0
_SYNC_SECONDS = 0.25
_CONTINUED = ("events.jsonl", "log.txt")


class SshCompute:
    """A host as a compute target.

    Parameters
    ----------
    host : Host
        Its name is the target's.
    keys : HostKeys
        Whom to trust.
    store : ObjectStore
        The project's.
    catalogue : Catalogue
        Says what the inputs and outputs of an operation are.
    plugins : sequence of Path
        Folders of plugins that are sent along.
    grace_seconds : float
        How long a worker may take to obey before its process group is ended.
    """

    def __init__(
        self,
        host: Host,
        keys: HostKeys,
        store: ObjectStore,
        catalogue: Catalogue,
        plugins: Sequence[Path],
        grace_seconds: float = _GRACE_SECONDS,
    ) -> None:
        self.name = host.name
        self._host = host
        self._link = SshLink(host, keys)
        self._store = store
        self._catalogue = catalogue
        self._plugins = [folder for folder in plugins if folder.is_dir()]
        self._grace = grace_seconds
        self._root = ""
        self._sent_code = ""
        self._locks: dict[str, threading.Lock] = {}
        self._synced: dict[str, float] = {}
        self._looked: dict[str, tuple[float, bool | None]] = {}

    def close(self) -> None:
        """Hang up; jobs go on."""
        self._link.close()

    def start(self, folder: Path) -> JobHandle:
        """Send what is missing there and start, or go on with, the job of a folder.

        Raises
        ------
        ComputeFailed
            Naming the step that failed.
        HostUntrusted
            If the host's key is unknown or has changed.
        """
        job = JobFolder(folder)
        order = job.order()
        if order.operation.partition("@")[0] == PIPELINE:
            raise ComputeFailed("A pipeline runs on this machine.", "Choose the target “local”.")
        self._link.try_now()
        root = self._far_root()
        code = self._send_code(root)
        self._send_objects(order, root, code)
        far = f"{root}/jobs/{order.id}"
        self._send_folder(job, far)
        started = self._must("start the worker", far_shell.start(self._worker(far, root, code)))
        number = started.out.decode("ascii", "replace").strip()
        if not number.isdecimal():
            raise self._failed("start the worker", started)
        self._looked.pop(far, None)
        return JobHandle(job=order.id, target=self.name, folder=far, reference=number)

    def sync(self, handle: JobHandle, folder: Path) -> None:
        """Bring new events here, and at the end the outputs and the exit.

        Raises
        ------
        ComputeFailed
            While the host cannot be reached.
        """
        now = time.monotonic()
        with self._locks.setdefault(handle.folder, threading.Lock()):
            if now - self._synced.get(handle.folder, 0.0) < _SYNC_SECONDS:
                return
            job = JobFolder(folder)
            # Read before the events, so that all events from before it are here with it.
            ended = self._link.read(f"{handle.folder}/{job.exit_file.name}")
            for name in _CONTINUED:
                self._continue(handle, folder / name)
            if not job.environment_file.exists():
                environment = self._link.read(f"{handle.folder}/{job.environment_file.name}")
                if environment:
                    replace_file(job.environment_file, environment)
            if ended:
                try:
                    self._take_outputs(JobExit.model_validate_json(ended), job)
                except (BadInput, Damaged) as error:
                    # A stream that was cut reads like a bad one; it is no end of the job.
                    raise ComputeFailed(
                        f"The outputs could not be fetched from “{self.name}”: {error}",
                        "They are still there, and are fetched again at the next look.",
                    ) from error
                replace_file(job.exit_file, ended)
            self._synced[handle.folder] = time.monotonic()

    def alive(self, handle: JobHandle) -> bool | None:
        """Tell whether the worker lives; None while unreachable or before its exit is here."""
        looked, known = self._looked.get(handle.folder, (-_ALIVE_SECONDS, None))
        if time.monotonic() - looked < _ALIVE_SECONDS:
            return known
        try:
            answer = self._link.run(far_shell.look(handle.folder, handle.reference))
        except ComputeFailed:
            return None
        word = answer.out.decode("ascii", "replace").strip()
        known = {"alive": True, "gone": False}.get(word)
        self._looked[handle.folder] = (time.monotonic(), known)
        return known

    def ask(self, handle: JobHandle, folder: Path, control: Control) -> None:
        """Pass on a wish; over there a watcher ends a worker that does not obey `cancel`."""
        self._link.try_now()
        line = control.model_dump_json().encode() + b"\n"
        command = f"cat >> {shlex.quote(handle.folder)}/control.jsonl"
        self._must(f"{control.ask} the job", command, line)
        JobFolder(folder).ask(control)
        if control.ask == "cancel":
            end = far_shell.end(handle.folder, handle.reference, self._grace)
            self._must("cancel the job", end)

    def _continue(self, handle: JobHandle, mirror: Path) -> None:
        here = mirror.stat().st_size if mirror.exists() else 0
        data = self._link.read(f"{handle.folder}/{mirror.name}", here)
        if data:
            with mirror.open("ab") as file:
                file.write(data)

    def _far_root(self) -> str:
        if not self._root:
            answer = self._must("make its folder", far_shell.make_root(self._host.folder))
            self._root = answer.out.decode("utf-8", "replace").strip()
        return self._root

    def _worker(self, far: str, root: str, code: str) -> list[str]:
        plugins = [f"--plugins={root}/code/{code}/plugins{i}" for i in range(len(self._plugins))]
        python = far_shell.path(self._host.python)
        quoted = [shlex.quote(one) for one in (far, "--store", f"{root}/objects", *plugins)]
        source = shlex.quote(f"{root}/code/{code}")
        return [f"PYTHONPATH={source}", python, "-m studio.worker", *quoted]

    def _send_code(self, root: str) -> str:
        """Send the studio's and the plugins' sources, unless they are there; returns their name."""
        files = dict(_sources(paths.installation() / "studio", "studio"))
        for number, folder in enumerate(self._plugins):
            files |= dict(_sources(folder, f"plugins{number}"))
        digest = hashlib.sha256()
        for name in sorted(files):
            digest.update(name.encode() + b"\0" + files[name].read_bytes() + b"\0")
        code = digest.hexdigest()[:16]
        if self._sent_code != code:
            there = self._must("look for its code", far_shell.has(f"{root}/code/{code}"))
            if there.out.strip() != b"yes":
                command = far_shell.unpack(f"{root}/code/{code}")
                entries = sorted(files.items())
                answer = self._link.run(command, lambda out: exchange.pack_files(entries, out))
                self._check("send the studio's code", answer)
            self._sent_code = code
        return code

    def _send_objects(self, order: JobOrder, root: str, code: str) -> None:
        needed: set[Digest] = set()
        for port in self._catalogue.get(order.operation).inputs:
            digest = order.inputs.get(port.name)
            if digest is not None:
                needed |= exchange.closure(self._store, digest, port.artefact)
        lines = "".join(f"{one}\n" for one in sorted(needed)).encode()
        answer = self._exchange("missing", root, code, lines)
        missing = [Digest(line) for line in answer.out.decode("ascii").split()]
        if missing:
            command = self._exchange_command("take", root, code)
            sent = self._link.run(command, lambda out: exchange.give(self._store, missing, out))
            self._check("send the inputs", sent)

    def _send_folder(self, job: JobFolder, far: str) -> None:
        """Send the order; events go along where the host lost them, so that offsets agree."""
        there = self._must("make the job's folder", far_shell.has(f"{far}/order.json"))
        if there.out.strip() == b"yes":
            return
        kept = [job.order_file, *(job.path / name for name in _CONTINUED)]
        files = [(file.name, file.read_bytes()) for file in kept if file.exists()]
        command = far_shell.unpack(far)
        self._check(
            "send the job's folder",
            self._link.run(command, lambda out: exchange.pack_files(files, out)),
        )

    def _take_outputs(self, ended: JobExit, job: JobFolder) -> None:
        """Fetch the objects of the outputs that are not here, level by level."""
        order = job.order()
        kinds = {port.name: port.artefact for port in self._catalogue.get(order.operation).outputs}
        for name, digest in ended.outputs.items():
            if name not in kinds:
                raise Damaged(f"The host gave an output “{name}” that the operation has not.")
            self._fetch({digest}, job.path)
            manifest = self._store.get(digest)
            self._fetch(exchange.named_in(manifest), job.path)
            stored = head(self._store, digest)
            artefact = kinds[name].model_validate(stored.config)
            self._fetch(set(artefact.references(self._store)), job.path)

    def _fetch(self, digests: Collection[Digest], scratch: Path) -> None:
        missing = sorted(one for one in digests if one not in self._store)
        if missing:
            root = self._far_root()
            code = self._send_code(root)
            answer = self._link.run(
                self._exchange_command("give", root, code),
                "".join(f"{one}\n" for one in missing).encode(),
                lambda out: exchange.take(self._store, out, scratch),
            )
            self._check("fetch the outputs", answer)

    def _exchange(self, deed: exchange.Deed, root: str, code: str, feed: bytes) -> Answer:
        answer = self._link.run(self._exchange_command(deed, root, code), feed)
        self._check("find out which inputs are missing", answer)
        return answer

    def _exchange_command(self, deed: exchange.Deed, root: str, code: str) -> str:
        return " ".join([*self._worker(root, root, code), f"--exchange={deed}"])

    def _must(self, deed: str, command: str, feed: bytes = b"") -> Answer:
        answer = self._link.run(command, feed)
        self._check(deed, answer)
        return answer

    def _check(self, deed: str, answer: Answer) -> None:
        if answer.code != 0:
            raise self._failed(deed, answer)

    def _failed(self, deed: str, answer: Answer) -> ComputeFailed:
        last = (answer.err.strip().splitlines() or [f"exit code {answer.code}"])[-1]
        advice = "Look whether its folder may be written to and its disk has room."
        if "ModuleNotFoundError" in last or "command not found" in last or answer.code == 127:
            advice = f"Its Python ({self._host.python}) needs the studio's packages; "
            advice += "name the interpreter of such an environment in the host's settings."
        return ComputeFailed(f"“{self.name}” could not {deed}: {last}.", advice)


def _sources(folder: Path, name: str) -> list[tuple[str, Path]]:
    """List a source tree, without what Python or an editor left in it."""
    found = []
    for path, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith((".", "__pycache__")))
        for file in files:
            if not file.startswith(".") and not file.endswith((".pyc", ".pyo")):
                there = Path(path) / file
                found.append((f"{name}/{there.relative_to(folder).as_posix()}", there))
    return found
