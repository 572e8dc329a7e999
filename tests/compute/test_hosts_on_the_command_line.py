"""A host is named, trusted and used by commands alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from studio.api.images import png
from studio.paths import installation
from tests.compute.conftest import Server

pytestmark = pytest.mark.sshd


def studio(home: Path, *words: str, code: int = 0) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-m", "studio.cli", *words, "--json"],
        cwd=installation(),
        env=os.environ | {"STUDIO_HOME": str(home), "STUDIO_PROJECT": str(home / "project")},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == code, f"{words}\n{done.stdout}\n{done.stderr}"
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_a_host_is_named_trusted_and_used(server: Server, tmp_path: Path) -> None:
    host = server.host()
    studio(
        tmp_path, "hosts", "add", "near", host.host, "--port", str(host.port), "--user", host.user,
        "--key-file", host.key_file, "--python", sys.executable,
        "--folder", str(tmp_path / "there"),
    )  # fmt: skip
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    (pictures / "one.png").write_bytes(png(np.full((8, 8, 3), 90, np.uint8)))
    studio(tmp_path, "new", str(tmp_path / "project"))
    refused = studio(
        tmp_path, "op", "labels.import", "--param", f"path={pictures}", "--target", "near", code=7
    )
    assert refused["error"] == "HostUntrusted"
    wrong = studio(tmp_path, "hosts", "trust", "near", "--fingerprint", "SHA256:no", code=4)
    assert "Somebody" in str(wrong["what_to_do"])
    studio(tmp_path, "hosts", "trust", "near", "--yes")
    done = studio(tmp_path, "op", "labels.import", "-P", f"path={pictures}", "--target", "near")
    assert set(done["outputs"]) == {"labels", "report"}  # type: ignore[call-overload]
    studio(tmp_path, "hosts", "remove", "near")
    assert studio(tmp_path, "hosts", "list")["hosts"] == []
