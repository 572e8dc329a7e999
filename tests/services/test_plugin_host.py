"""Plugins are found, loaded late, and fail alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from studio import paths
from studio.errors import NotFound
from studio.services.plugin_host import PluginHost
from studio.services.source_code import code_digest, reads_attribute
from tests.services.conftest import PLUGINS


def make(folder: Path, name: str, source: str) -> None:
    package = folder / name / f"studio_{name}"
    package.mkdir(parents=True)
    (folder / name / "pyproject.toml").write_text(
        f'[project]\nname = "{name}"\nversion = "1"\n'
        f'[project.entry-points."studio.plugins"]\n{name} = "studio_{name}:plugin"\n'
    )
    (package / "__init__.py").write_text(source)


def test_operations_of_a_folder_are_found() -> None:
    host = PluginHost([PLUGINS], installed=False)
    assert [state.problem for state in host.plugins()] == [""]
    assert host.get("test.add").inputs[0].name == "a"
    assert host.get("test.add@1").id == "test.add"


def test_a_missing_operation_names_the_closest() -> None:
    host = PluginHost([PLUGINS], installed=False)
    with pytest.raises(NotFound) as error:
        host.get("test.ad")
    assert "test.add" in error.value.what_to_do


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("raise RuntimeError('broken on purpose')", "broken on purpose"),
        ("plugin = 3", "not a Plugin"),
        (
            "from studio.api.plugin import Plugin\nplugin = Plugin('x', 'X', '9.0')",
            "written for studio.api 9.0",
        ),
        (
            "from studio.api.plugin import Plugin\n"
            "plugin = Plugin('x', 'X', '0.1', operations=('studio_arithmetic.deeds:add',))",
            "Another plugin",
        ),
    ],
)
def test_a_failing_plugin_is_named_and_stops_nobody(
    tmp_path: Path, source: str, reason: str
) -> None:
    name = f"failing{abs(hash(source))}"
    make(tmp_path, name, source)
    host = PluginHost([PLUGINS, tmp_path], installed=False)
    state = next(one for one in host.plugins() if one.name == name)
    assert reason in state.problem
    assert host.get("test.add")


def test_a_folder_without_an_entry_point_is_named(tmp_path: Path) -> None:
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "pyproject.toml").write_text("[project]\nname = 'odd'\n")
    (state,) = PluginHost([tmp_path], installed=False).plugins()
    assert "names no plugin" in state.problem


def test_a_changed_source_changes_the_digest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = tmp_path / "studio_changing.py"
    module.write_text("def deed():\n    import studio_deep\n")
    deep = tmp_path / "studio_deep.py"
    deep.write_text("A = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    before = code_digest(["studio_changing"])
    assert code_digest(["studio_changing"]) == before
    deep.write_text("A = 2\n")
    assert code_digest(["studio_changing"]) != before


def test_a_package_of_any_name_is_followed_through_relative_imports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "somebodys"
    (package / "inner").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "deeds.py").write_text("from .inner import deep\n")
    (package / "inner" / "__init__.py").write_text("")
    (package / "inner" / "deep.py").write_text("from ..numbers_ import A\n")
    (package / "numbers_.py").write_text("A = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    before = code_digest(["somebodys.deeds"])
    (package / "numbers_.py").write_text("A = 2\n")
    assert code_digest(["somebodys.deeds"]) != before


def test_the_engine_counts_only_where_it_is_used() -> None:
    host = PluginHost([paths.builtin_plugins()], installed=False)
    assert [one.problem for one in host.plugins()] == [""] * len(host.plugins())
    uses = {one.id: reads_attribute(one.function.__module__, "engine") for one in host.all()}
    assert uses["train.classifier"]
    assert uses["predict.package"]
    assert not uses["dataset.split"]
    assert not uses["labels.import"]
    assert len({host.code(one) for one in host.all()}) >= 4


def test_nothing_heavy_is_loaded_to_know_the_operations() -> None:
    source = (
        "import sys; from studio import app, services; import studio.services.session;"
        "studio = app.studio(); [studio.plugins.code(one) for one in studio.plugins.all()];"
        "heavy = {'torch', 'torchvision', 'PySide6', 'onnxruntime', 'paramiko'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    subprocess.run(
        [sys.executable, "-c", source], check=True, timeout=120, cwd=paths.installation()
    )
