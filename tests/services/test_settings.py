"""Settings stay, refuse what does not fit, and survive a broken file."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.errors import BadInput, StudioError
from studio.services.settings import SETTINGS, Settings


def test_defaults_fit_their_own_settings(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "not yet")
    for setting in SETTINGS:
        assert settings.get(setting.key) == setting.default
        settings.set(setting.key, setting.default)


def test_what_is_set_stays_and_is_told_once(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    told: list[str] = []
    settings.changed.connect(told.append)
    settings.set("theme", "dark")
    settings.set("theme", "dark")
    assert Settings(tmp_path).get("theme") == "dark"
    assert told == ["theme"]


def test_values_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    for key, value in (("theme", "pink"), ("tour_done", "yes"), ("recent", "x"), ("unknown", 1)):
        with pytest.raises(BadInput):
            settings.set(key, value)
    with pytest.raises(BadInput):
        settings.get("unknown")
    assert not list(tmp_path.iterdir())


def test_a_value_of_an_older_studio_counts_as_unset(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text('{"theme": "pink", "device": "cpu", "old": 1}')
    settings = Settings(tmp_path)
    assert settings.get("theme") == "system"
    settings.set("theme", "light")
    assert '"old"' in (tmp_path / "settings.json").read_text()
    assert settings.get("device") == "cpu"


def test_a_broken_file_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text('{"theme": "da')
    settings = Settings(tmp_path)
    assert settings.get("theme") == "system"
    settings.set("theme", "dark")
    assert settings.get("theme") == "dark"
    assert (tmp_path / "settings.broken.json").read_text() == '{"theme": "da'


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StudioError) as caught:
        Settings(tmp_path / "file" / "folder").set("theme", "dark")
    assert caught.value.what_to_do
