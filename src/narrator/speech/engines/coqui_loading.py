"""Coqui's models, loaded once a process."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from narrator.errors import CastError, MissingError
from narrator.speech.engines.coqui_files import Source
from narrator.speech.engines.coqui_models import Model


@cache
def load(source: Source, device: str) -> Model:
    """Load a model. device: empty for the GPU where CUDA has one.

    Raises MissingError without Coqui, an accepted licence, the device, or weights that it can load; CastError
    for a name that Coqui does not know.
    """
    _require_packages()
    from narrator.speech.engines.pure_torchaudio import import_torchaudio

    import_torchaudio()
    import torch

    torch.set_num_threads(1)  # parallelism is processes: two threads of two workers wait for each other
    _require_device(device)
    try:
        from TTS.utils.manage import ModelManager
    except ImportError as error:
        raise MissingError(
            f"the engine coqui cannot start ({_first_line(error)})", hint="docs/coqui.md says what it needs."
        ) from error
    manager = ModelManager()
    if source.config is None and "/fairseq/" not in source.name:
        _require_name(source.name, manager.list_tts_models())
    fetched = Path(manager.output_prefix) / source.name.replace("/", "--")
    source.require_accepted()
    try:
        tts = _load(source, fetched)
    except _UNLOADABLE as error:
        raise _unloadable(source, error, fetched) from error
    return Model(tts.to(device or ("cuda" if torch.cuda.is_available() else "cpu")))


_UNLOADABLE: Final = (
    *(OSError, EOFError, pickle.UnpicklingError),  # not there, not reachable, cut short, not weights
    *(KeyError, ValueError, TypeError, AttributeError, RuntimeError, AssertionError),  # not of this config
)
"""What Coqui raises for a model that it cannot find, fetch, read or match with its config."""


def _load(source: Source, fetched: Path) -> Any:  # noqa: ANN401
    from filelock import FileLock
    from TTS.api import TTS

    if source.config is not None:
        return TTS(model_path=str(source.weights), config_path=str(source.config), progress_bar=False)
    fetched.parent.mkdir(parents=True, exist_ok=True)
    # Coqui takes a folder that another worker is still filling for a finished download.
    with FileLock(fetched.with_name(f".{fetched.name}.lock")):
        return TTS(model_name=source.name, progress_bar=False)


def _unloadable(source: Source, error: Exception, fetched: Path) -> MissingError:
    said = str(error).lower()
    if "espeak" in said and "backend" in said and not (shutil.which("espeak-ng") or shutil.which("espeak")):
        return MissingError(
            f"the coqui model {source.name!r} needs espeak-ng, which is not installed",
            hint="Type apt install espeak-ng, or brew install espeak-ng.",
        )
    why = f"({type(error).__name__}: {_first_line(error)})"
    if source.config is None:
        again = f" If a download broke off, delete {fetched}." if fetched.is_dir() else ""
        return MissingError(
            f"the coqui model {source.name!r} cannot be fetched {why}", hint=f"Check your connection.{again}"
        )
    return MissingError(
        f"the coqui model {source.name!r} cannot be loaded {why}",
        hint="Its config.json must be the one that the weights were trained with.",
    )


def _first_line(error: Exception) -> str:
    return (str(error).strip() or "no reason given").split("\n")[0][:160]


def _require_packages() -> None:
    for package, what in (
        *(("TTS", "coqui-tts"), ("torch", "torch"), ("torchaudio", "torchaudio")),
        *(("torchcodec", "torchcodec"), ("six", "six")),
    ):
        if find_spec(package) is None:
            raise MissingError(
                f"the engine coqui needs the package {what}",
                hint="Type pip install torch torchaudio torchcodec 'narrator[coqui]' (see docs/coqui.md).",
            )


def _require_device(device: str) -> None:
    import torch

    there = {
        "cuda": torch.cuda.is_available,
        "mps": torch.backends.mps.is_available,
        "cpu": lambda: True,
    }
    kind, _, number = device.partition(":")
    if device and not (there[kind]() and int(number or 0) < max(1, torch.cuda.device_count())):
        raise MissingError(
            f"torch has no device {device!r} here",
            hint="Delete device from the sheet, or install its driver.",
        )


def _require_name(name: str, known: Sequence[str]) -> None:
    if name not in known:
        near = get_close_matches(name, known, 3)
        raise CastError(
            f"Coqui knows no model {name!r}",
            hint=f"Did you mean {' or '.join(near)}?" if near else "Type tts --list_models to see them all.",
        )
