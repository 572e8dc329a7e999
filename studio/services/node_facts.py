"""Why a node runs: the facts its key is made of, against those of its last run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import orjson

from studio.api.job_folder import replace_file
from studio.domain.ids import Digest, JsonObject
from studio.domain.pipelines import NodeId

_FACTS = "facts.json"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the key of a node is made of, kept to say later why it has to run again."""

    operation: str
    code: str
    params: JsonObject
    inputs: dict[str, Digest]
    seed: int

    def document(self) -> JsonObject:
        """Return the facts as JSON."""
        return {
            "operation": self.operation,
            "code": self.code,
            "params": self.params,
            "inputs": dict(self.inputs),
            "seed": self.seed,
        }


def outputs_of(record: JsonObject) -> dict[str, Digest]:
    """Read the outputs of a result record."""
    outputs = record.get("outputs")
    return {k: Digest(str(v)) for k, v in outputs.items()} if isinstance(outputs, dict) else {}


def facts_file(project: Path, title: str) -> Path:
    """Return where a pipeline's last facts are kept: inside the folder of runs."""
    slug = "".join(c if c.isalnum() else "_" for c in title.casefold()) or "pipeline"
    return project / "runs" / f".{slug}.{_FACTS}"


def recall(file: Path, node: NodeId) -> JsonObject | None:
    """Return the facts of a node's last run, or None."""
    try:
        found = orjson.loads(file.read_bytes()).get(node)
    except (OSError, orjson.JSONDecodeError, AttributeError):
        return None
    return found if isinstance(found, dict) else None


def remember(file: Path, node: NodeId, facts: Facts) -> None:
    """Keep the facts of a node's run."""
    try:
        known = orjson.loads(file.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        known = {}
    known[node] = facts.document()
    replace_file(file, orjson.dumps(known))


def reason(before: JsonObject | None, now: Facts) -> str:
    """Say which fact changed since a node's last run.

    Parameters
    ----------
    before : JsonObject or None
        Facts of the last run.
    now : Facts
        Those of this one.
    """
    if before is None:
        return "it never ran with these inputs before"
    said = []
    old_params, new_params = before.get("params"), now.params
    if isinstance(old_params, dict) and old_params != new_params:
        for name in sorted(set(old_params) | set(new_params)):
            if old_params.get(name) != new_params.get(name):
                said.append(f"{name} {old_params.get(name)} → {new_params.get(name)}")
    old_inputs = before.get("inputs")
    if isinstance(old_inputs, dict):
        changed = [p for p in now.inputs if old_inputs.get(p) != now.inputs[p]]
        said += [f"input “{port}” changed" for port in changed]
    if before.get("operation") != now.operation:
        said.append(f"{before.get('operation')} → {now.operation}")
    elif before.get("code") != now.code:
        said.append("its code or a package it uses changed")
    if before.get("seed") != now.seed:
        said.append(f"seed {before.get('seed')} → {now.seed}")
    return "; ".join(said) or "its result is no longer in the store, or what it reads changed"
