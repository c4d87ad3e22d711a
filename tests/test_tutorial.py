"""docs/engines.md cannot lie: exactly the engine that it shows is built, installed, tested and cast."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[1] / "docs" / "engines.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def run(*command: object, where: Path, path: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(path)}
    return subprocess.run([*map(str, command)], cwd=where, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tutorial's engine, installed where nothing else is."""
    folder, target = tmp_path_factory.mktemp("narrator-morse"), tmp_path_factory.mktemp("site")
    (folder / "pyproject.toml").write_text(blocks("toml")[0])
    (folder / "narrator_morse.py").write_text(blocks("python")[0])
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    offline = ["--no-index", "--no-deps", "--no-build-isolation", "--target", str(target)]
    built = run(*pip, *offline, folder, where=folder, path=folder)
    assert built.returncode == 0, built.stderr
    return target


def test_it_is_thirty_lines() -> None:
    lines = [line for block in (blocks("toml")[0], blocks("python")[0]) for line in block.split("\n")]
    assert sum(bool(line.strip()) for line in lines) <= 30


def test_it_keeps_the_contract(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "test_morse.py").write_text(blocks("python")[1])
    ran = run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", where=tmp_path, path=installed)
    assert ran.returncode == 0, ran.stdout
    assert "10 passed" in ran.stdout


def test_it_reads_a_book(installed: Path, make: Callable[..., Path]) -> None:
    root = make()
    install, *commands = blocks("sh")[0].strip().split("\n")
    assert install == "pip install ./narrator-morse"
    narrator = f"{sys.executable} -m narrator"
    for command in commands:
        ran = run("sh", "-euc", re.sub(r"^narrator", narrator, command), where=root, path=installed)
        assert ran.returncode == 0, ran.stderr
    cast = root / "script" / "cast.toml"
    cast.write_text(cast.read_text().replace('voice = "low"', 'voice = "operator"'))
    plugins = f"{installed}{os.pathsep}{Path(__file__).parent / 'plugins'}"
    ran = run(*narrator.split(), "render", "--format", "m4b", where=root, path=Path(plugins))
    assert ran.returncode == 0, ran.stderr
    assert (root / "output" / "The Well.m4b").stat().st_size > 10_000
