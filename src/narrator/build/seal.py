"""The seal on a finished render: all that it read and wrote. While nothing of that changed, nothing is stale,
and that is known without reading a line of the script.

The seal only ever says "nothing changed". Where it is broken, absent or unreadable, the plan decides.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import narrator
from narrator import ffmpeg, mastering, mixing, speech
from narrator.book import NARRATOR, Voice
from narrator.build.memory import Memory
from narrator.build.releases.placing import half_placed
from narrator.errors import MissingError, NarratorError
from narrator.production import Production
from narrator.store import digest, file_digest
from narrator.whole import write_text

if TYPE_CHECKING:
    from narrator.build.loading import Book
    from narrator.build.rendering import Rendered

_ENCODERS: Final = ("av", "imageio-ffmpeg")
"""Packages whose version decides the bytes of an encoding."""


@dataclass(frozen=True, slots=True)
class Seal:
    """What stands now of all that a render reads, taken before it reads any of it."""

    production: Production
    facts: Mapping[str, Any]

    @property
    def unbroken(self) -> Mapping[str, Any] | None:
        """What the last such render told, if this one would read the same and its files stand; else None."""
        if half_placed(self.production):
            return None
        try:
            value = json.loads(self.production.seal.read_bytes())
            same = (
                value["facts"] == self.facts
                and value["files"] == _stamps(self.production.root, value["files"])
                and value["reads"] == _digests(self.production.root, value["reads"])
                and all(speech.voice_facts(Voice(**voice)) == facts for voice, facts in value["voices"])
            )
            told: Mapping[str, Any] = value["told"]
            return told if same else None
        except (OSError, ValueError, KeyError, TypeError, AttributeError, NarratorError):
            return None

    def close(self, book: Book, rendered: Rendered, told: Mapping[str, Any]) -> None:
        """Set the seal on a render of the whole book that told this. Raises RenderError."""
        root, store = self.production.root, self.production.store
        characters = {line.character for place in book.chapters for _, line in place.chapter.lines}
        voices = {voice.name: voice for voice in map(book.voice, sorted({*characters, NARRATOR}))}
        encoded = [
            store.path("chapters", address, f".{encoding}")
            for chapter in rendered.release.chapters
            for encoding, address in chapter.keys.items()
        ]
        files = [*encoded, *rendered.release.files, self.production.report, self.production.timeline]
        reads = [root / book.sheet.cover] if book.sheet.cover else []
        value = {
            "facts": self.facts,
            "files": _stamps(root, (str(path.relative_to(root)) for path in files)),
            "reads": _digests(root, (str(path.relative_to(root)) for path in reads)),
            "voices": [[asdict(voice), dict(speech.voice_facts(voice))] for voice in voices.values()],
            "told": told,
        }
        text = json.dumps(value, ensure_ascii=False, indent=1)
        if not self.production.seal.exists() or self.production.seal.read_text(encoding="utf-8") != text:
            write_text(self.production.seal, text)


def look(production: Production, formats: Sequence[str], spec: str | None) -> Seal:
    """What a render of the whole book in these formats would read now. formats, spec: where
    they aren't book.toml's."""
    folders = (production.script, production.voices, production.sounds)
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    inputs = sorted(str(path.relative_to(production.root)) for path in files)
    code = Path(narrator.__file__).parent
    modules = sorted(path for path in code.rglob("*") if path.suffix in (".py", ".toml"))
    return Seal(
        production,
        {
            "formats": sorted(formats),
            "spec": spec,
            "inputs": digest(json.dumps(_digests(production.root, inputs)).encode()),
            "narrator": narrator.__version__,
            "revisions": [speech.REVISION, mixing.REVISION, mastering.REVISION],
            "code": digest(json.dumps(_stamps(code, map(str, modules))).encode()),
            "encoders": [version(package) for package in _ENCODERS],
            "program": _program(),
        },
    )


def _program() -> dict[str, list[int]]:
    """Which ffmpeg would encode; none is no mistake while nothing needs it."""
    try:
        program = Path(ffmpeg.executable())
    except MissingError:
        return {}
    return _stamps(program.parent, [program.name])


def nothing_new(told: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    """The report of a render that had nothing to do, from what the last one told. It is not written."""
    total, chapters = told["lines"]["total"], told["chapters"]["total"]
    return {
        **{name: value for name, value in told.items() if name != "stems"},
        "seconds": round(seconds, 3),
        "stages": {},
        "cpu_seconds": {},
        "lines": {"total": total, "recorded": 0, "reused": total},
        "takes_recorded": 0,
        "rates": dict.fromkeys(told.get("rates", ()), 0.0),
        "chapters": {"total": chapters, "mixed": 0, "encoded": 0, "reused": chapters},
        "peak_rss_mb": round(Memory().peak_mb(0), 1),
        "mended": [],
        "written": [],
    }


def _digests(root: Path, names: Iterable[str]) -> dict[str, str]:
    """What the files hold; empty for one that cannot be read."""
    return {name: _digest(root / name) for name in names}


def _digest(path: Path) -> str:
    try:
        return file_digest(path)
    except OSError:
        return ""


def _stamps(root: Path, names: Iterable[str]) -> dict[str, list[int]]:
    """Size and time of change of the files; empty for one that is not there."""
    return {name: _stamp(root / name) for name in names}


def _stamp(path: Path) -> list[int]:
    try:
        stat = path.stat()
    except OSError:
        return []
    return [stat.st_size, stat.st_mtime_ns]
