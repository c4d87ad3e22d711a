"""The speakers of Coqui's models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from narrator.errors import CastError

if TYPE_CHECKING:
    from narrator.audio import Samples

TAIL: Final = 10_000
"""Zero samples that Coqui puts after everything it says."""

LONGEST_VITS: Final = 400
"""Characters to say at once for models without a limit of their own: their memory grows with the text."""

ROOM: Final = 0.92
"""Share of XTTS's own limit of characters to use: its front-end spells out numbers and abbreviations."""

SHORTEST_REFERENCE: Final = 3.0
"""Seconds; Coqui asks for more than this to clone a voice."""

CODE_SECONDS: Final = 1024 / 22_050
"""What one of XTTS's audio codes lasts (its gpt_code_stride_len at its own rate)."""

LAST_CODES: Final = 6
"""Codes before the limit at which XTTS counts as cut off: three are not for sound, and pace rounds."""


class Speaker(Protocol):
    """A speaker of a loaded model. Not thread-safe: seeding is global."""

    @property
    def rate(self) -> int:
        """Samples a second."""
        ...

    @property
    def longest(self) -> int:
        """Characters that it takes well at once."""
        ...

    def say(self, text: str, pace: float, seed: int) -> Samples | None:
        """The sound of a stretch, without Coqui's tail; None where the model has no room for all of it."""
        ...


@dataclass(frozen=True)
class Model:
    """A model of Coqui's, loaded."""

    tts: Any

    def speaker(self, voice: str, speaker: str, language: str, reference: Path | None) -> Speaker:
        """One of its speakers, or a cloned one.

        Raises CastError, which names the voice, for a speaker or language that the model lacks, for one that
        it needs and is not named, and for a reference that it cannot use.
        """
        choice = _Choice(voice, self.tts)
        if _is_xtts(self.tts):
            return _xtts(self.tts, choice, speaker, language, reference)
        if reference:
            raise CastError(
                f"the model of voice {voice!r} cannot clone a recording",
                hint="Delete reference, or use XTTS.",
            )
        chosen = {
            "speaker": choice.of("speaker", speaker, self.tts.speakers, several=self.tts.is_multi_speaker),
            "language": choice.of(
                "language", language, self.tts.languages, several=self.tts.is_multi_lingual
            ),
        }
        return _Vits(self.tts, {key: value for key, value in chosen.items() if value})


@dataclass(frozen=True)
class _Choice:
    """What a voice chooses from its model."""

    voice: str
    tts: Any

    def of(self, what: str, wanted: str, there: Sequence[str] | None, *, several: bool) -> str:
        """The wanted one, as the model spells it; empty where there is nothing to choose."""
        if not several:
            if wanted:
                raise CastError(
                    f"the model of voice {self.voice!r} has one {what} only",
                    hint=f"Delete {what} from the sheet.",
                )
            return ""
        for name in there or ():
            if wanted and name.strip() == wanted.strip():  # one of VCTK's names ends with a newline
                return name
        names = [name.strip() for name in there or ()]
        near = get_close_matches(wanted, names, 3)
        some = ", ".join([*near, *(name for name in names if name not in near)][:6])
        some += " …" if len(names) > 6 else ""
        said = f"has no {what} {wanted!r}" if wanted else f"has several {what}s, and the sheet names none"
        raise CastError(f"the model of voice {self.voice!r} {said}", hint=f"There are {some}.")


@dataclass(frozen=True)
class _Vits:
    """A speaker of VITS, or of another model that Coqui's own door serves."""

    tts: Any
    chosen: Mapping[str, str]
    longest = LONGEST_VITS

    @property
    def rate(self) -> int:
        return int(self.tts.synthesizer.output_sample_rate)

    def say(self, text: str, pace: float, seed: int) -> Samples:
        import numpy as np
        import torch

        synthesizer = self.tts.synthesizer
        if hasattr(synthesizer.tts_model, "length_scale"):  # the model keeps what is set: start at its config
            trained = getattr(synthesizer.tts_config.model_args, "length_scale", 1.0)
            synthesizer.tts_model.length_scale = float(trained) / pace
        with torch.random.fork_rng(), torch.inference_mode():
            torch.manual_seed(seed)
            wave = self.tts.tts(text=text, split_sentences=False, **self.chosen)
        samples = np.asarray(wave, np.float32)
        return samples if samples[-TAIL:].any() else samples[:-TAIL]


@dataclass(frozen=True)
class _Xtts:
    """A speaker of XTTS: what the model heard of a voice, computed once."""

    model: Any
    rate: int
    language: str
    latent: Any
    embedding: Any

    @property
    def longest(self) -> int:
        limits: Mapping[str, int] = self.model.tokenizer.char_limits
        return int(ROOM * limits.get(self.language.split("-")[0], min(limits.values())))

    def say(self, text: str, pace: float, seed: int) -> Samples | None:
        import numpy as np
        import torch

        # Without a mark at its end the model likes to talk on.
        text = f"{text}." if text[-1].isalnum() else text
        tokens = self.model.tokenizer.encode(text.lower(), lang=self.language)
        if len(tokens) >= self.model.args.gpt_max_text_tokens:
            return None
        knobs = ("temperature", "length_penalty", "repetition_penalty", "top_k", "top_p")
        with torch.random.fork_rng(), torch.inference_mode():
            torch.manual_seed(seed)
            told = self.model.inference(
                text,
                self.language,
                self.latent,
                self.embedding,
                speed=pace,
                **{knob: self.model.config[knob] for knob in knobs},
            )
        samples: Samples = np.asarray(told["wav"], np.float32).reshape(-1)
        most = (self.model.args.gpt_max_audio_tokens - LAST_CODES) * CODE_SECONDS / pace
        return samples if len(samples) / self.rate < most else None


def _xtts(tts: Any, choice: _Choice, speaker: str, language: str, reference: Path | None) -> _Xtts:  # noqa: ANN401
    model = tts.synthesizer.tts_model
    language = choice.of("language", language, model.config.languages, several=True)
    if reference:
        latent, embedding = _heard(model, reference, choice.voice)
    else:
        there = model.speaker_manager.speakers if model.speaker_manager else {}
        known = there[choice.of("speaker", speaker, list(there), several=True)]
        latent, embedding = known["gpt_cond_latent"], known["speaker_embedding"]
    return _Xtts(model, int(tts.synthesizer.output_sample_rate), language, latent, embedding)


def _heard(model: Any, reference: Path, voice: str) -> tuple[Any, Any]:  # noqa: ANN401
    """What XTTS needs of a voice to speak like it, from a recording. Raises CastError for a useless one."""
    import soundfile
    import soxr
    import torch

    try:
        samples, rate = soundfile.read(reference, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise CastError(
            f"the reference recording {reference.name!r} of voice {voice!r} cannot be read",
            hint="Save it as WAV, FLAC or MP3.",
        ) from error
    if len(samples) < SHORTEST_REFERENCE * rate:
        raise CastError(
            f"the reference recording of voice {voice!r} lasts only {len(samples) / rate:.1f} s",
            hint="Give it six to thirty seconds of one person speaking.",
        )
    config, heard_at = model.config, model.config.audio.sample_rate
    mono = soxr.resample(samples.mean(axis=1), rate, heard_at)[: heard_at * config.max_ref_len]
    if config.sound_norm_refs:
        mono = mono * (0.75 / max(abs(mono).max(), 1e-6))  # as Coqui does where the config asks for it
    sound = torch.from_numpy(mono)[None]
    latent = model.get_gpt_cond_latents(
        sound, heard_at, length=config.gpt_cond_len, chunk_length=config.gpt_cond_chunk_len
    )
    return latent, model.get_speaker_embedding(sound, heard_at)


def _is_xtts(tts: Any) -> bool:  # noqa: ANN401
    return type(tts.synthesizer.tts_model).__name__ == "Xtts"
