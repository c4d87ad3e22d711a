"""A real Coqui VITS checkpoint for tests, made from the weights of a Piper voice that a package ships.

Both are the same network. Piper's file is an export to ONNX: its names are those of the original VITS, weight norm
is folded into the weights, and what only training needs is gone. Here the weights go back into Coqui's own
model; the parts that never run when it speaks keep the values they were born with.

The checkpoint lives in a temporary folder and is never kept: the voice has a licence of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from narrator.speech.engines.pure_torchaudio import import_torchaudio

import_torchaudio()

import onnx
import torch
from onnx import numpy_helper
from TTS.config.shared_configs import BaseAudioConfig
from TTS.tts.configs.shared_configs import CharactersConfig
from TTS.tts.configs.vits_config import VitsArgs, VitsConfig
from TTS.tts.models.vits import Vits

PUNCTUATION = "!'(),-.:;? "
TRAINING_ONLY = re.compile(
    r"posterior_encoder\.|duration_predictor\.(post_|flows\.1\.)|flow\..*\.cond_layer\..*original1"
)


def make(piper: Path, folder: Path, speakers: tuple[str, ...] = (), nudge: float = 2.0) -> Path:
    """Write config.json and model.pth into `folder`.

    speakers: names for a model of several. The first is the voice itself; the others get a seeded shift in the
    decoder, so that they differ and still speak.
    """
    weights, convolutions = _read(piper)
    told = json.loads(Path(f"{piper}.json").read_text(encoding="utf-8"))
    ids = {sign: number[0] for sign, number in told["phoneme_id_map"].items() if len(sign) == 1}
    letters = "".join(sign for sign in ids if sign not in "_^$" and sign not in PUNCTUATION)
    # Coqui orders its vocabulary in its own way; the rows of the embedding follow it.
    order = [ids["_"], ids["$"], ids["^"], ids["_"], *(ids[sign] for sign in letters + PUNCTUATION)]
    weights["enc_p.emb.weight"] = weights["enc_p.emb.weight"][order]
    config = _config(told, _shape(weights, convolutions, told), letters, speakers)
    torch.manual_seed(0)
    model = Vits(config)
    with torch.no_grad():
        _fill(model, weights, speakers, nudge)
    folder.mkdir(parents=True, exist_ok=True)
    config.save_json(str(folder / "config.json"))
    torch.save({"model": model.state_dict()}, folder / "model.pth")
    return folder


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Weights by their original names, and the attributes of each convolution by its place."""
    graph = onnx.load(str(path)).graph
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    weights = {
        name: array for name, array in arrays.items() if name.startswith(("enc_p.", "dp.", "flow.", "dec."))
    }
    convolutions: dict[str, Any] = {}
    for node in graph.node:
        place = node.name.strip("/").replace("/", ".").rpartition(".")[0]
        if node.op_type in ("Conv", "ConvTranspose"):
            convolutions[place] = {a.name: list(a.ints) or a.i for a in node.attribute}
            for kind, name in zip(("weight", "bias"), node.input[1:], strict=False):
                weights.setdefault(f"{place}.{kind}", arrays[name])
        elif node.op_type == "Gather" and place == "enc_p.emb":
            weights["enc_p.emb.weight"] = arrays[node.input[0]]
        elif node.name == "/dp/flows.0/Mul":  # the export computed exp(-logs) beforehand
            weights["dp.flows.0.logs"] = -np.log(next(arrays[name] for name in node.input if name in arrays))
    return weights, convolutions


def _shape(weights: Mapping[str, Any], convolutions: Mapping[str, Any], told: Mapping[str, Any]) -> VitsArgs:
    """The network's sizes, read off its weights."""

    def count(pattern: str) -> int:
        return len({m[1] for name in weights if (m := re.match(pattern, name))})

    hidden = weights["enc_p.emb.weight"].shape[1]
    ups = count(r"dec\.ups\.(\d+)\.")
    kinds = count(r"dec\.resblocks\.(\d+)\.") // ups
    plain = any(name.startswith("dec.resblocks.0.convs.") for name in weights)
    inner = "convs" if plain else "convs1"
    depth = count(rf"dec\.resblocks\.0\.{inner}\.(\d+)\.")
    blocks = [f"dec.resblocks.{kind}.{inner}" for kind in range(kinds)]
    noise = told["inference"]
    return VitsArgs(
        out_channels=513,
        hidden_channels=hidden,
        hidden_channels_ffn_text_encoder=weights["enc_p.encoder.ffn_layers.0.conv_1.weight"].shape[0],
        num_heads_text_encoder=hidden // weights["enc_p.encoder.attn_layers.0.emb_rel_k"].shape[2],
        num_layers_text_encoder=count(r"enc_p\.encoder\.attn_layers\.(\d+)\."),
        kernel_size_text_encoder=weights["enc_p.encoder.ffn_layers.0.conv_1.weight"].shape[2],
        num_layers_posterior_encoder=1,
        kernel_size_flow=weights["flow.flows.0.enc.in_layers.0.weight"].shape[2],
        dilation_rate_flow=1,
        num_layers_flow=count(r"flow\.flows\.0\.enc\.in_layers\.(\d+)\."),
        resblock_type_decoder="2" if plain else "1",
        resblock_kernel_sizes_decoder=[weights[f"{block}.0.weight"].shape[2] for block in blocks],
        resblock_dilation_sizes_decoder=[
            [convolutions[f"{block}.{layer}"]["dilations"][0] for layer in range(depth)] for block in blocks
        ],
        upsample_rates_decoder=[convolutions[f"dec.ups.{up}"]["strides"][0] for up in range(ups)],
        upsample_kernel_sizes_decoder=[weights[f"dec.ups.{up}.weight"].shape[2] for up in range(ups)],
        upsample_initial_channel_decoder=weights["dec.conv_pre.weight"].shape[0],
        use_sdp=any(name.startswith("dp.flows.") for name in weights),
        init_discriminator=False,
        inference_noise_scale=noise["noise_scale"],
        inference_noise_scale_dp=noise["noise_w"],
        length_scale=noise["length_scale"],
    )


def _config(told: Mapping[str, Any], shape: VitsArgs, letters: str, speakers: tuple[str, ...]) -> VitsConfig:
    if speakers:
        shape.use_speaker_embedding, shape.speaker_embedding_channels = True, 16
    return VitsConfig(
        speakers=list(speakers) or None,
        model_args=shape,
        audio=BaseAudioConfig(
            sample_rate=told["audio"]["sample_rate"],
            fft_size=1024,
            win_length=1024,
            hop_length=int(np.prod(shape.upsample_rates_decoder)),
            num_mels=80,
            mel_fmin=0,
            mel_fmax=None,
            do_trim_silence=False,
        ),
        use_phonemes=True,
        phonemizer="espeak",
        phoneme_language=told["espeak"]["voice"],
        text_cleaner="phoneme_cleaners",
        add_blank=True,
        enable_eos_bos_chars=True,
        compute_input_seq_cache=False,
        characters=CharactersConfig(
            characters_class="TTS.tts.utils.text.characters.IPAPhonemes",
            pad="<PAD>",
            eos="<EOS>",
            bos="<BOS>",
            blank="<BLNK>",
            characters=letters,
            punctuations=PUNCTUATION,
            phonemes=None,
            is_unique=False,
            is_sorted=False,
        ),
    )


def _fill(model: Vits, weights: Mapping[str, Any], speakers: tuple[str, ...], nudge: float) -> None:
    filled = _condition(model, nudge) if speakers else set()
    for name, array in weights.items():
        place, _, kind = _coqui_name(name).rpartition(".")
        module, tensor = model.get_submodule(place), torch.from_numpy(np.array(array, np.float32))
        assert getattr(module, kind).shape == tensor.shape, name
        if torch.nn.utils.parametrize.is_parametrized(module, kind):
            setattr(module, kind, tensor)  # weight norm finds its two parts by itself
            filled |= {f"{place}.parametrizations.{kind}.original{part}" for part in (0, 1)}
        else:
            getattr(module, kind).copy_(tensor)
            filled.add(f"{place}.{kind}")
    left = set(model.state_dict()) - filled
    assert all(map(TRAINING_ONLY.match, left)), sorted(left)


def _condition(model: Vits, nudge: float) -> set[str]:
    """Speaker conditioning that the voice does not have: neutral for the first, a shift for the others."""
    filled: set[str] = set()
    conditioning = re.compile(r"\bcond(_layer)?\.(bias|weight|parametrizations\.weight\.original0)$")
    for name, values in model.named_parameters():
        if name == "emb_g.weight":
            values[0] = 0
        elif not conditioning.search(name):
            continue
        elif name == "waveform_decoder.cond_layer.weight":
            values.normal_(0, nudge)
        else:
            values.zero_()
        filled.add(name)
    return filled


def _coqui_name(name: str) -> str:
    """The original VITS counts the flips between its flows as layers; Coqui does not."""
    name = re.sub(r"^enc_p\.", "text_encoder.", name)
    name = re.sub(r"^dec\.", "waveform_decoder.", name)
    name = re.sub(r"^flow\.flows\.(\d+)\.", lambda m: f"flow.flows.{int(m[1]) // 2}.", name)
    name = name.replace("dp.flows.0.m", "dp.flows.0.translation") if name == "dp.flows.0.m" else name
    name = "dp.flows.0.log_scale" if name == "dp.flows.0.logs" else name
    name = re.sub(r"^dp\.flows\.(\d*[13579])\.", lambda m: f"dp.flows.{(int(m[1]) + 1) // 2}.", name)
    return re.sub(r"^dp\.", "duration_predictor.", name)
