"""A SAM-like pair of ONNX files answers clicks, in a process of its own."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from studio.api.images import png
from studio.compute.residents import ResidentProcess
from studio.domain.geometry import area, contains
from studio.domain.media import MediaItem, media_id
from studio.errors import BadInput, Cancelled, ComputeFailed, NotFound
from studio.services.prompting import SERVER, Prompt, Prompting, read_model
from tests.fakes.objects import MemoryObjects
from tests.fakes.promptable_onnx import write_sam, write_sam2

WIDE, HIGH = 320, 200


@pytest.fixture
def item_in(request: pytest.FixtureRequest) -> tuple[MemoryObjects, MediaItem]:
    """A dark picture with a light box at 80..160 × 50..100."""
    pixels = np.full((HIGH, WIDE, 3), 30, np.uint8)
    pixels[50:100, 80:160] = 220
    store = MemoryObjects()
    digest = store.put(png(pixels))
    return store, MediaItem(id=media_id(digest), name="box.png", width=WIDE, height=HIGH)


@pytest.fixture
def prompting(item_in: tuple[MemoryObjects, MediaItem], tmp_path: Path) -> Iterator[Prompting]:
    asked = Prompting(item_in[0], ResidentProcess(SERVER), tmp_path / "seen")
    yield asked
    asked.close()


@pytest.mark.parametrize("write", [write_sam, write_sam2])
def test_a_click_on_a_thing_gives_its_mask(
    prompting: Prompting, item_in: tuple[MemoryObjects, MediaItem], tmp_path: Path, write: object
) -> None:
    prompting.use(write(tmp_path))  # type: ignore[operator]
    mask, score = prompting.segment(item_in[1], Prompt(inside=((120, 75),)))
    assert score == 0.875
    assert area(mask) == pytest.approx(80 * 50, rel=0.15)
    assert contains(mask, (120, 75))
    assert contains(mask, (88, 58))
    assert not contains(mask, (60, 75))
    ground, _ = prompting.segment(item_in[1], Prompt(inside=((300, 190),)))
    assert contains(ground, (5, 195))
    assert not contains(ground, (120, 75))
    boxed, _ = prompting.segment(item_in[1], Prompt(box=((85, 55), (155, 95))))
    assert contains(boxed, (120, 75))


def test_what_was_seen_is_kept_over_a_restart_and_told_apart_by_model(
    prompting: Prompting, item_in: tuple[MemoryObjects, MediaItem], tmp_path: Path
) -> None:
    prompting.use(write_sam(tmp_path))
    prompting.see(item_in[1])
    (kept,) = (tmp_path / "seen").glob("*.npz")
    before = kept.stat().st_mtime_ns
    prompting.close()
    prompting.segment(item_in[1], Prompt(inside=((120, 75),)))
    assert kept.stat().st_mtime_ns == before
    prompting.use(write_sam2(tmp_path))
    prompting.see(item_in[1])
    assert len(list((tmp_path / "seen").glob("*.npz"))) == 2


def test_a_broken_memory_is_seen_again(
    prompting: Prompting, item_in: tuple[MemoryObjects, MediaItem], tmp_path: Path
) -> None:
    prompting.use(write_sam(tmp_path))
    prompting.see(item_in[1])
    (kept,) = (tmp_path / "seen").glob("*.npz")
    prompting.close()
    kept.write_bytes(kept.read_bytes()[:100])
    mask, _ = prompting.segment(item_in[1], Prompt(inside=((120, 75),)))
    assert contains(mask, (120, 75))


def test_a_killed_process_is_told_and_started_anew(
    prompting: Prompting, item_in: tuple[MemoryObjects, MediaItem], tmp_path: Path
) -> None:
    prompting.use(write_sam(tmp_path))
    prompting.see(item_in[1])
    resident = prompting._resident
    assert isinstance(resident, ResidentProcess)
    assert resident.pid is not None
    os.kill(resident.pid, signal.SIGSTOP)
    killer = threading.Timer(0.3, os.kill, (resident.pid, signal.SIGKILL))
    killer.start()
    with pytest.raises(ComputeFailed, match="ended"):
        prompting.segment(item_in[1], Prompt(inside=((120, 75),)))
    mask, _ = prompting.segment(item_in[1], Prompt(inside=((120, 75),)))
    assert contains(mask, (120, 75))


def test_a_prompt_can_be_given_up_at_once(
    prompting: Prompting, item_in: tuple[MemoryObjects, MediaItem], tmp_path: Path
) -> None:
    prompting.use(write_sam(tmp_path))
    prompting.see(item_in[1])
    resident = prompting._resident
    assert isinstance(resident, ResidentProcess)
    assert resident.pid is not None
    os.kill(resident.pid, signal.SIGSTOP)
    begun = time.monotonic()
    with pytest.raises(Cancelled):
        prompting.segment(
            item_in[1], Prompt(inside=((1, 1),)), lambda: time.monotonic() > begun + 0.2
        )
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    ("text", "error", "why"),
    [
        ("type: yolov8\nmodel_path: x.onnx", BadInput, "yolov8"),
        ("- a list", BadInput, "no model"),
        ("type: [", BadInput, "YAML"),
        ("type: segment_anything\nname: x", BadInput, "encoder_model_path"),
        (
            "type: segment_anything\nencoder_model_path: gone.onnx\ndecoder_model_path: d.onnx",
            NotFound,
            "gone.onnx",
        ),
    ],
)
def test_a_file_that_describes_no_model_is_refused(
    tmp_path: Path, text: str, error: type[Exception], why: str
) -> None:
    path = tmp_path / "model.yaml"
    path.write_text(text)
    with pytest.raises(error, match=why):
        read_model(path)


def test_networks_of_another_kind_are_refused_with_a_reason(
    prompting: Prompting, item_in: tuple[MemoryObjects, MediaItem], tmp_path: Path
) -> None:
    path = write_sam(tmp_path)
    (tmp_path / "sam.decoder.onnx").write_bytes((tmp_path / "sam.encoder.onnx").read_bytes())
    prompting.use(path)
    with pytest.raises(BadInput, match="not the decoder"):
        prompting.see(item_in[1])
    (tmp_path / "sam.decoder.onnx").write_bytes(b"cut short")
    prompting.use(path)
    with pytest.raises(BadInput, match="cannot be read as a network"):
        prompting.see(item_in[1])


def test_nothing_is_asked_without_a_model_or_a_point(
    prompting: Prompting, item_in: tuple[MemoryObjects, MediaItem], tmp_path: Path
) -> None:
    with pytest.raises(NotFound, match="No model"):
        prompting.see(item_in[1])
    prompting.use(write_sam(tmp_path))
    with pytest.raises(BadInput, match="pointed"):
        prompting.segment(item_in[1], Prompt())
