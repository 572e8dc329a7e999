from __future__ import annotations

from pathlib import Path

from studio.domain.geometry import Box
from tests.fakes.media_work import Work, picture

HEAD = "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax"
HEAD += ",IsOccluded,IsTruncated,IsGroupOf,IsDepiction,IsInside"


def test_shares_flags_and_codes_are_read(work: Work, data: Path) -> None:
    picture(data / "images" / "000a.png")
    rows = [
        "000a,xclick,/m/01yrx,1,0.25,0.5,0.1,0.2,1,0,-1,0,0",
        "000a,xclick,/m/unknown,1,0.25,0.5,0.1,0.2,0,0,0,0,1",
        "000a,xclick,/m/01yrx,1,0.5,0.25,0.1,0.2,1,0,-1,0,0",
        "000a,xclick,/m/01yrx,1,nan,0.25,0.1,0.2,1,0,-1,0,0",
        "gone,xclick,/m/01yrx,1,0.25,0.5,0.1,0.2,1,0,-1,0,0",
    ]
    (data / "train-annotations-bbox.csv").write_text("\n".join((HEAD, *rows)))
    tags = "ImageID,Source,LabelName,Confidence\n000a,verification,/m/0bt9lr,{}\n"
    (data / "labels.csv").write_text(tags.format("0"))
    (data / "oidv7-class-descriptions.csv").write_text(
        "LabelName,DisplayName\n/m/01yrx,Cat\n/m/0bt9lr,Dog\n"
    )
    reading = work.read(data)
    assert reading.report.format == "open_images"
    assert [one[1:3] for one in reading.shapes()] == [
        ("Cat", Box(10, 3, 20, 6)), ("/m/unknown", Box(10, 3, 20, 6))
    ]  # fmt: skip
    assert reading.shapes()[0][3] == {
        "IsOccluded": True, "IsTruncated": False, "IsDepiction": False, "IsInside": False
    }  # fmt: skip
    assert reading.reasons.count("its box makes no sense") == 2
    assert "“gone” is not there" in reading.reasons
    (data / "labels.csv").write_text(tags.format("1"))
    assert "Dog" in [one[1] for one in work.read(data).shapes()]
