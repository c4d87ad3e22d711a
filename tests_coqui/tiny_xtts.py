"""An XTTS of Coqui's own code with few and random weights: it says noise, and takes every path that speech takes."""

from __future__ import annotations

from pathlib import Path

from narrator.speech.engines.pure_torchaudio import import_torchaudio

import_torchaudio()

import torch
from tokenizers import Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import Whitespace
from TTS.tts.configs.xtts_config import XttsArgs, XttsConfig
from TTS.tts.layers.xtts.tokenizer import VoiceBpeTokenizer
from TTS.tts.models.xtts import Xtts

CHANNELS = 64
SPEAKERS = ("Ann Weir", "Bob Holt")
CODES = 130
STOP = CODES - 1
STOPS_AFTER = 12
"""Audio codes after which it stops, in the mean: half a second."""
ROOM = 80
"""Audio codes that it has room for: 3.7 s."""


def make(folder: Path) -> Path:
    """Write config.json, model.pth, vocab.json and speakers_xtts.pth into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    _vocabulary().save(str(folder / "vocab.json"))
    config = XttsConfig(
        model_args=XttsArgs(
            gpt_layers=2,
            gpt_n_model_channels=CHANNELS,
            gpt_n_heads=2,
            gpt_max_audio_tokens=ROOM,
            gpt_num_audio_tokens=CODES,
            gpt_start_audio_token=STOP - 1,
            gpt_stop_audio_token=STOP,
            gpt_use_perceiver_resampler=True,
            decoder_input_dim=CHANNELS,
        )
    )
    torch.manual_seed(0)
    model = Xtts(config)
    model.tokenizer = VoiceBpeTokenizer(vocab_file=str(folder / "vocab.json"))
    model.init_models()
    with torch.no_grad():
        model.gpt.mel_head.weight.zero_()
        model.gpt.mel_head.bias.zero_()
        # Every code is as likely as the next, but for the stop.
        model.gpt.mel_head.bias[STOP] = torch.log(torch.tensor(CODES / STOPS_AFTER))
    config.save_json(str(folder / "config.json"))
    torch.save({"model": model.state_dict()}, folder / "model.pth")
    known = {
        name: {"gpt_cond_latent": torch.randn(1, 32, CHANNELS), "speaker_embedding": torch.randn(1, 512, 1)}
        for name in SPEAKERS
    }
    torch.save(known, folder / "speakers_xtts.pth")
    return folder


def _vocabulary() -> Tokenizer:
    special = ["[STOP]", "[UNK]", "[SPACE]", "[START]", "[en]", "[de]"]
    letters = "abcdefghijklmnopqrstuvwxyzäöüß'.,!?;:-"
    vocabulary = {sign: number for number, sign in enumerate([*special, *letters])}
    tokenizer = Tokenizer(BPE(vocab=vocabulary, merges=[], unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.add_special_tokens(special)
    return tokenizer
