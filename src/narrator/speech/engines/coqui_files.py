"""The files of a Coqui model: where they lie, and the facts in them that change the sound."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import file_digest, sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from zipfile import BadZipFile, ZipFile

from narrator.errors import MissingError

NAMED: Final = "tts_models/"
"""How the name of a model begins that Coqui fetches itself."""

_WEIGHTS: Final = ("model.pth", "model_file.pth", "best_model.pth", "checkpoint.pth")
"""What Coqui and its trainer call weights, the first wins."""

_TABLES: Final = ("vocab.json", "speakers*", "speaker_ids*", "language_ids*")
"""Further files of a model that change what is heard, as patterns."""

_PLACE: Final = re.compile(r"_(path|file|dir)$")
"""Keys of a config whose texts say where things lay when it was trained: no fact may hold a path."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a model comes from: a name that Coqui knows, or weights with their config."""

    name: str
    weights: Path | None = None
    config: Path | None = None

    @classmethod
    def of(cls, voice: str, model: str, config: str, base: Path) -> Source:
        """What a sheet in `base` means. Raises MissingError where the files are not there."""
        if model.startswith(NAMED):
            return cls(model)
        path = base / model
        beside = base / config if config else (path if path.is_dir() else path.parent) / "config.json"
        if not path.exists() or not beside.is_file():
            what = f"the model of the coqui voice {voice!r} is not at {path.name!r}"
            if path.exists():
                what = f"the model of the coqui voice {voice!r} has no {beside.name!r}"
            raise MissingError(
                what, hint="model is a name (tts_models/…), or a folder with config.json and the weights."
            )
        return cls(model, _weights_in(path) if path.is_dir() else path, beside)

    @property
    def files(self) -> tuple[Path, ...]:
        """The weights and what lies beside them that is heard; none of a model known by name."""
        if self.weights is None or self.config is None:
            return ()
        beside = (self.config,) if self.config.parent == self.weights.parent else ()
        return (self.weights, *beside, *self.tables)

    @property
    def tables(self) -> tuple[Path, ...]:
        """What lies beside the weights and changes what is heard, but the config."""
        folders = [self.weights.parent] if self.weights else []
        found = {path for folder in folders for pattern in _TABLES for path in folder.glob(pattern)}
        return tuple(sorted(path for path in found if path.is_file()))

    @property
    def is_xtts(self) -> bool:
        """Whether it is an XTTS, which has a licence of its own."""
        if self.config is None:
            return "/xtts" in self.name
        return re.search(r'"model"\s*:\s*"xtts"', self.config.read_text(encoding="utf-8")) is not None

    def licence(self) -> str:
        """The model's licence, as far as that is known without loading it; else empty."""
        return "CPML" if self.is_xtts else _listed_licence(self.name)

    def require_accepted(self) -> None:
        """XTTS is licensed for non-commercial use. Whether that holds is for the user to say, never for us:
        in the environment, or when Coqui itself asked them (it then leaves a file). Raises MissingError."""
        folder = _fetched(self.name) if self.config is None else self.config.parent
        agreed = os.environ.get("COQUI_TOS_AGREED") == "1" or (folder / "tos_agreed.txt").is_file()
        if self.is_xtts and not agreed:
            raise MissingError(
                "XTTS may be used for non-commercial purposes only (Coqui Public Model License), and nobody "
                "has accepted that here",
                hint="Read https://coqui.ai/cpml; if you agree, set COQUI_TOS_AGREED=1 yourself.",
            )


def _fetched(name: str) -> Path:
    """Where Coqui keeps the model that it fetched by this name; its own function would load torch."""
    given = os.environ.get("TTS_HOME") or os.environ.get("XDG_DATA_HOME")
    usual = "~/Library/Application Support" if sys.platform == "darwin" else "~/.local/share"
    return Path(given or usual).expanduser().resolve() / "tts" / name.replace("/", "--")


def _listed_licence(name: str) -> str:
    """What Coqui's own list of models says of the licence of one that it fetches; empty where it says nothing
    or is not installed."""
    package = find_spec("TTS")
    if not name.startswith(NAMED) or package is None or package.origin is None:
        return ""
    listed = Path(package.origin).with_name(".models.json")
    try:
        entry = json.loads(listed.read_text(encoding="utf-8"))
        for part in name.split("/"):
            entry = entry[part]
        return str(entry.get("license") or "")
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ""  # another version's list: the sheet's word stands alone


def _weights_in(folder: Path) -> Path:
    named = [folder / name for name in _WEIGHTS if (folder / name).is_file()]
    others = [path for path in sorted(folder.glob("*.pth")) if not path.name.startswith("speakers")]
    if named or len(others) == 1:
        return (named or others)[0]
    raise MissingError(
        f"the folder {folder.name!r} holds no model.pth"
        + (f", but {len(others)} other .pth files" if others else ""),
        hint="Put the weights there, or name the file itself as model.",
    )


def facts(source: Source, reference: Path | None) -> Mapping[str, str]:
    """What changes the sound, by label; of a model known by name, the name. Nothing is loaded."""
    told = {"reference": _digest(reference)} if reference else {}
    if source.weights is None or source.config is None:
        return {"model": source.name, **told}
    return {
        "model": _weights_digest(source.weights),
        "config": _config_digest(source.config),
        **{path.name: _digest(path) for path in source.tables},
        **told,
    }


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _weights_digest(path: Path) -> str:
    """The tensors' own checksums, which torch keeps in the file's index: quick for 2 GB, and the same after
    Coqui writes the file anew, as it does with the original XTTS when it first loads it."""
    try:
        with ZipFile(path) as archive:
            tensors = sorted(
                (entry.CRC, entry.file_size)
                for entry in archive.infolist()
                if entry.filename.split("/")[-2:-1] == ["data"]
            )
    except BadZipFile:
        return _digest(path)
    if not tensors or any(size and not checksum for checksum, size in tensors):
        return _digest(path)
    return sha256(json.dumps(tensors).encode()).hexdigest()


def _config_digest(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    try:
        told = json.loads(text)
    except ValueError:  # Coqui also reads configs with comments in them
        return sha256(text.encode()).hexdigest()
    return sha256(json.dumps(_heard(told), sort_keys=True).encode()).hexdigest()


def _heard(value: object) -> object:
    """A config without what nobody hears."""
    if isinstance(value, dict):
        return dict(_items(value))
    return [_heard(part) for part in value] if isinstance(value, list) else value


def _items(table: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for key, value in table.items():
        if key != "datasets" and not (isinstance(value, str) and _PLACE.search(key)):
            yield key, _heard(value)
