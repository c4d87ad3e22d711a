"""espeak-ng's library as a program, for the package that brings no program: run, never imported by narrator.

python espeak_program.py LIBRARY DATA --version
python espeak_program.py LIBRARY DATA -v VOICE -s SPEED -p PITCH --stdin --stdout    (as espeak-ng itself)
"""

from __future__ import annotations

import argparse
import ctypes
import io
import sys
import wave
from pathlib import Path

# From espeak-ng's speak_lib.h.
_SYNCHRONOUS, _DO_NOT_EXIT, _UTF8, _PHONEMES = 2, 0x8000, 1, 0x100
_RATE, _PITCH = 1, 3
_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def main() -> int:
    """Say what stands on stdin, as a WAV to stdout. 1 where the library or the voice is not there."""
    options = argparse.ArgumentParser()
    options.add_argument("library")
    options.add_argument("data")
    options.add_argument("--version", action="store_true")
    options.add_argument("-v", default="en-us")
    options.add_argument("-s", type=int, default=175)
    options.add_argument("-p", type=int, default=50)
    options.add_argument("-b")
    options.add_argument("--stdin", action="store_true")
    options.add_argument("--stdout", action="store_true")
    asked = options.parse_args()
    library = ctypes.CDLL(asked.library)
    # espeak takes the folder that holds espeak-ng-data, or that folder itself.
    rate = library.espeak_Initialize(_SYNCHRONOUS, 0, str(Path(asked.data)).encode(), _DO_NOT_EXIT)
    if rate <= 0:
        sys.stderr.write("espeak's data cannot be read\n")
        return 1
    if asked.version:
        library.espeak_Info.restype = ctypes.c_char_p
        sys.stdout.write(library.espeak_Info(None).decode() + "\n")
        return 0
    if not _chosen(library, asked.v):
        sys.stderr.write(f"there is no voice {asked.v}\n")
        return 1
    library.espeak_SetParameter(_RATE, asked.s, 0)
    library.espeak_SetParameter(_PITCH, asked.p, 0)
    samples = _said(library, sys.stdin.buffer.read())
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(samples)
    sys.stdout.buffer.write(sound.getvalue())
    return 0


class _Voice(ctypes.Structure):
    """espeak_VOICE of speak_lib.h."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_char_p),
        ("identifier", ctypes.c_char_p),
        ("kind", ctypes.c_ubyte * 4),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


def _chosen(library: ctypes.CDLL, voice: str) -> bool:
    """Take a voice by its name, or by its language where none is called so ("en-gb"), with its variant."""
    if not library.espeak_SetVoiceByName(voice.encode()):
        return True
    language, plus, variant = voice.partition("+")
    if library.espeak_SetVoiceByProperties(ctypes.byref(_Voice(languages=language.encode()))):
        return False
    library.espeak_GetCurrentVoice.restype = ctypes.POINTER(_Voice)
    name = library.espeak_GetCurrentVoice().contents.identifier
    return not library.espeak_SetVoiceByName(name + (plus + variant).encode())


def _said(library: ctypes.CDLL, text: bytes) -> bytes:
    parts: list[bytes] = []

    def take(samples: ctypes._Pointer[ctypes.c_short], count: int, _events: int) -> int:
        if samples and count > 0:
            parts.append(ctypes.string_at(samples, 2 * count))
        return 0

    callback = _CALLBACK(take)  # held here: the library does not
    library.espeak_SetSynthCallback(callback)
    library.espeak_Synth(text, len(text) + 1, 0, 0, 0, _UTF8 | _PHONEMES, None, None)
    library.espeak_Synchronize()
    return b"".join(parts)


if __name__ == "__main__":
    sys.exit(main())
