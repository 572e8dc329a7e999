from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.media_work import Work


@pytest.fixture
def work(tmp_path: Path) -> Work:
    folder = tmp_path / "job"
    folder.mkdir()
    return Work(folder)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder
