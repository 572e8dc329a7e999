from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.domain.geometry import Box
from studio.domain.labels import AnnotatedMedia, LabelSet
from studio.domain.media import MediaItem, media_id
from studio.errors import BadInput, Cancelled, InvalidParameters, NotFound
from tests.fakes.media_work import Reading, Work, picture, pixels, real


def test_equal_input_gives_an_equal_artefact(work: Work, data: Path, tmp_path: Path) -> None:
    for name in ("cat/1", "cat/2", "dog/3"):
        picture(data / f"{name}.png")
    other = Work(tmp_path / "elsewhere")
    assert work.read(data).digest == other.read(data).digest


def test_the_fingerprint_follows_the_files(work: Work, data: Path) -> None:
    picture(data / "a.png")
    operation = work.plugins.get("labels.import")
    assert operation.fingerprint is not None
    params = operation.parse({"path": str(data)})
    before = operation.fingerprint(params)
    assert operation.fingerprint(params) == before
    picture(data / "deep" / "b.png")
    assert operation.fingerprint(params) != before


def test_broken_pictures_are_listed_and_the_rest_is_taken(work: Work, data: Path) -> None:
    whole = picture(data / "a.png").read_bytes()
    (data / "cut.png").write_bytes(whole[: len(whole) // 2])
    (data / "text.png").write_text("hello")
    (data / "empty.jpg").write_bytes(b"")
    bomb = b"P5\n100000 100000\n255\n"
    (data / "bomb.pgm").write_bytes(bomb)
    reading = work.read(data)
    assert reading.names == ["a.png"]
    assert [p.path for p in reading.report.problems] == [
        "bomb.pgm", "cut.png", "empty.jpg", "text.png"
    ]  # fmt: skip
    assert "claims" in reading.report.problems[0].reason


def test_equal_bytes_are_taken_once_and_keep_their_labels(work: Work, data: Path) -> None:
    same = pixels((20, 20), 1)
    (data / "unlabelled").mkdir()
    for name in ("cat", "dog", "fish"):
        (data / name).mkdir()
        (data / name / f"{name}.png").write_bytes(same if name != "fish" else pixels((9, 9), 2))
    reading = work.read(data)
    assert reading.names == ["cat/cat.png", "fish/fish.png"]
    (problem,) = reading.report.problems
    assert (problem.path, problem.severity) == ("dog/dog.png", "duplicate")
    assert "Its 1 shapes were left out" in problem.reason


def test_every_page_becomes_a_picture(work: Work, data: Path, tmp_path: Path) -> None:
    frames = [Image.new("RGB", (10 + n, 8), (40 * n, 9, 9)) for n in range(3)]
    frames[0].save(data / "pages.tiff", save_all=True, append_images=frames[1:])
    reading = work.read(data)
    assert reading.names == ["pages.tiff#0", "pages.tiff#1", "pages.tiff#2"]
    assert [item.media.width for item in reading.items] == [10, 11, 12]
    assert {item.media.group for item in reading.items} == {"pages.tiff"}
    files = work.write(reading.labels, "coco", tmp_path / "out")
    assert "images/pages_page0002.png" in files.files
    with Image.open(tmp_path / "out" / "images" / "pages_page0002.png") as page:
        assert page.size == (12, 8)


def test_boxes_are_clipped_to_the_upright_picture(work: Work, data: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture(data / "a.jpg", (40, 20), kind="JPEG", exif=exif)
    (data / "a.xml").write_text(
        "<annotation><filename>a.jpg</filename><size><width>20</width><height>40</height></size>"
        "<object><name>cat</name><bndbox><xmin>3</xmin><ymin>5</ymin><xmax>25</xmax>"
        "<ymax>38</ymax></bndbox></object></annotation>"
    )
    reading = work.read(data)
    assert (reading.items[0].media.width, reading.items[0].media.height) == (20, 40)
    assert reading.shapes()[0][2] == Box(2, 4, 20, 38)
    assert "was clipped" in reading.reasons
    assert "speak of" not in reading.reasons


def test_the_limit_holds_and_a_cancelled_import_ends(data: Path, tmp_path: Path) -> None:
    for number in range(9):
        picture(data / f"{number}.png")
    assert len(Work(tmp_path / "one").read(data, limit=4).items) == 4
    with pytest.raises(Cancelled):
        Work(tmp_path / "two", cancel_after=5).read(data)


def test_what_cannot_be_imported_is_said(work: Work, data: Path) -> None:
    with pytest.raises(NotFound, match="is not there"):
        work.read(data / "gone")
    with pytest.raises(BadInput, match="holds no picture"):
        work.read(data)
    with pytest.raises(BadInput, match="nothing to import"):
        work.read("")


def test_export_keeps_names_apart_and_inside(work: Work, tmp_path: Path) -> None:
    items = []
    for number, name in enumerate(["a.png", "A.jpg", "../../up.png", "b:c?.png", "a.png#1"]):
        digest = work.store.put(pixels((8, 8), number))
        media = MediaItem(id=media_id(digest), name=name, width=8, height=8)
        items.append(AnnotatedMedia(media=media))
    labels = LabelSet.write(work.store, Reading(work, *_empty(work)).labels.label_schema, items)
    files = work.write(labels, "voc", tmp_path / "out")
    assert [f for f in sorted(files.files) if f.startswith("JPEG")] == [
        "JPEGImages/A_2.jpg", "JPEGImages/a.png", "JPEGImages/a_3.png", "JPEGImages/b_c_.png",
        "JPEGImages/up.png",
    ]  # fmt: skip
    assert len(work.read(tmp_path / "out").items) == 5
    with pytest.raises(InvalidParameters, match="only read"):
        work.write(labels, "images", tmp_path / "no")


def _empty(work: Work) -> tuple[LabelSet, object]:
    from studio.domain.labels import ImportReport, LabelSchema

    labels = LabelSet.write(work.store, LabelSchema(), [])
    return labels, ImportReport(format="", pictures=0, shapes=0)


@pytest.mark.real_data
def test_nine_turned_pictures_are_equal(work: Work) -> None:
    from studio.api.images import decode

    reading = work.read(real("exif_orientation"))
    assert not reading.report.problems
    for name, size in (("Landscape", (1800, 1200)), ("Portrait", (1200, 1800))):
        items = [item for item in reading.items if item.media.name.startswith(name)]
        assert len(items) == 9
        assert {(item.media.width, item.media.height) for item in items} == {size}
        upright = [decode(work.store.get(item.media.digest)).mean(axis=2) for item in items]
        for other in upright[1:]:
            gap = np.abs(upright[0] - other)
            # Each file was compressed anew; a mirrored one differs by 40 and more.
            assert float(gap.mean()) < 5.0


@pytest.mark.real_data
def test_odd_pictures_are_right_or_refused(work: Work) -> None:
    folder = real("odd_images")
    lines = next(folder.glob("EXPECTED*.tsv")).read_text().splitlines()[1:]
    expected = {line.split("\t")[0]: line.split("\t")[7] == "ok" for line in lines}
    reading = work.read(folder)
    taken = {name.partition("#")[0] for name in reading.names}
    refused = {p.path for p in reading.report.problems if p.severity == "refused"}
    for name, good in expected.items():
        if (folder / name).is_file():
            assert name in (taken if good else refused), name
    assert all(problem.reason for problem in reading.report.problems)
