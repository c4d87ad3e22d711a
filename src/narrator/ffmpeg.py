"""Running ffmpeg: no other module does. Commands are built with ffmpeg-python and run without a shell."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING

from narrator.errors import MissingError, RenderError

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

VARIABLE = "NARRATOR_FFMPEG"
"""The environment variable that names another ffmpeg."""


def executable() -> str:
    """The ffmpeg to run: what NARRATOR_FFMPEG names, else the one that came with narrator, else the system's.

    The one that came along goes before the system's so that the same release of narrator's libraries encodes
    to the same bytes everywhere. Raises MissingError where there is none.
    """
    named = os.environ.get(VARIABLE)
    if named:
        found = shutil.which(named)
        if found is None:
            raise MissingError(f"{VARIABLE} names “{named}”, which is no program.", hint=f"Unset {VARIABLE}.")
        return found
    found = _bundled() or shutil.which("ffmpeg")
    if found is None:
        raise MissingError("There is no ffmpeg here.", hint="Type pip install imageio-ffmpeg.")
    return found


def _bundled() -> str | None:
    import imageio_ffmpeg

    folder = Path(imageio_ffmpeg.__file__).parent / "binaries"
    return next((str(path) for path in sorted(folder.glob("ffmpeg*")) if os.access(path, os.X_OK)), None)


def version() -> str:
    """The version that ffmpeg gives of itself ("9.0.2-static"), part of the key of what it encodes."""
    return _version_of(executable())


@cache
def _version_of(program: str) -> str:
    finished = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)  # noqa: S603
    words = finished.stdout.split()
    if finished.returncode or len(words) < 3:
        raise MissingError(f"“{program}” does not answer as ffmpeg does.", hint=f"Unset {VARIABLE}.")
    return words[2]


def command(stream: object) -> list[str]:
    """The command line of an ffmpeg-python output stream, quiet, overwriting, and deaf to the keyboard."""
    import ffmpeg

    program = [executable(), "-hide_banner", "-nostdin", "-loglevel", "error"]
    arguments: list[str] = ffmpeg.compile(stream, cmd=program, overwrite_output=True)
    return arguments


def run(stream: object, *, doing: str) -> None:
    """Run an ffmpeg-python output stream to its end. Raises RenderError with ffmpeg's last word if it fails.

    doing: what it is for, as the error's sentence goes on after "ffmpeg failed ": "to join the chapters".
    """
    finished = subprocess.run(command(stream), capture_output=True, check=False)  # noqa: S603
    if finished.returncode:
        raise _failure(finished.stderr, doing)


def clip(path: Path, *, start: float, seconds: float) -> tuple[NDArray[np.float32], int]:
    """A stretch of a single sound file, decoded by pydub: rows of one or two channels, and its rate.

    Full scale is 1.0. Shorter than `seconds` where the file ends before. What has more than two channels is
    mixed down to two, by ffmpeg's own weights. Raises RenderError where the file cannot be decoded.
    """
    import numpy as np

    coding = _coding(path)
    if coding.channels > 2:
        return _mixed_down(path, coding, start, seconds), coding.rate
    with warnings.catch_warnings():
        # pydub warns where no ffmpeg is on the path; it is told which to run.
        warnings.simplefilter("ignore")
        from pydub import AudioSegment
        from pydub.exceptions import CouldntDecodeError

    AudioSegment.converter = executable()
    stretch = {"codec": coding.codec, "start_second": start, "duration": seconds}
    try:
        if coding.kind == "wav":  # pydub reads these itself, and leaves open what it opened
            with path.open("rb") as file:
                segment = AudioSegment.from_file(file, format=coding.kind, **stretch)
        else:
            segment = AudioSegment.from_file(str(path.resolve()), **stretch)
    except (CouldntDecodeError, OSError, EOFError) as error:
        raise _undecodable(path) from error
    frames = np.array(segment.get_array_of_samples(), np.float32).reshape(-1, segment.channels)
    frames /= float(1 << (8 * segment.sample_width - 1))
    return frames.T, segment.frame_rate


def _mixed_down(path: Path, coding: _Coding, start: float, seconds: float) -> NDArray[np.float32]:
    import ffmpeg
    import numpy as np

    whole = ffmpeg.input(str(path.resolve()), f=coding.kind, ss=start, t=seconds)
    two = whole.output("pipe:", format="f32le", ac=2, ar=coding.rate, vn=None)
    finished = subprocess.run(command(two), capture_output=True, check=False)  # noqa: S603
    if finished.returncode:
        raise _undecodable(path)
    return np.frombuffer(finished.stdout, "<f4").astype(np.float32).reshape(-1, 2).T


SOUND_FORMATS = frozenset(["aac", "aiff", "au", "caf", "flac", "matroska", "mov", "mp3", "ogg", "w64", "wav"])
"""The containers that a producer's sounds may come in: none of them names other files or addresses."""


@dataclass(frozen=True, slots=True)
class _Coding:
    """How a sound file holds its sound. kind: its container. rate: samples a second."""

    kind: str
    codec: str
    channels: int
    rate: int


def _coding(path: Path) -> _Coding:
    """The coding of a sound file: pydub would ask ffprobe, which is not here."""
    import av

    try:
        with av.open(str(path.resolve())) as container:
            kinds = SOUND_FORMATS.intersection(container.format.name.split(","))
            if not container.streams.audio or not kinds:
                raise _undecodable(path)
            context = container.streams.audio[0].codec_context
            return _Coding(min(kinds), context.codec.canonical_name, context.channels, context.sample_rate)
    except (av.FFmpegError, OSError) as error:
        raise _undecodable(path) from error


def probe_sound(path: Path) -> None:
    """Raise RenderError where a file holds no sound that `clip` could decode. Only its head is read."""
    _coding(path)


def _undecodable(path: Path) -> RenderError:
    return RenderError(
        "this is no sound file that can be decoded.",
        where=str(path),
        hint="Use WAV, FLAC, MP3, Ogg, M4A or AIFF.",
    )


@contextmanager
def feeding(stream: object, *, doing: str) -> Iterator[Callable[[bytes | memoryview], None]]:
    """Run an ffmpeg-python output stream that reads "pipe:0", and give the function that feeds it.

    Leaving the block ends the input and waits for ffmpeg. Raises RenderError with its last word where it
    fails; where the block itself fails, ffmpeg is killed.
    """
    with tempfile.TemporaryFile() as complaints:
        child = subprocess.Popen(command(stream), stdin=subprocess.PIPE, stderr=complaints)  # noqa: S603
        try:
            yield _writer(child, complaints, doing)
        except BaseException:
            child.kill()
            raise
        finally:
            _close(child)
        if child.returncode:
            raise _failure(_read(complaints), doing)


def _writer(
    child: subprocess.Popen[bytes], complaints: IO[bytes], doing: str
) -> Callable[[bytes | memoryview], None]:
    def write(data: bytes | memoryview) -> None:
        assert child.stdin is not None  # noqa: S101  it was opened with a pipe
        try:
            child.stdin.write(data)
        except BrokenPipeError:
            child.wait()
            raise _failure(_read(complaints), doing) from None

    return write


def _close(child: subprocess.Popen[bytes]) -> None:
    """End the input and wait. A pipe that broke is no news: the return code tells of it."""
    assert child.stdin is not None  # noqa: S101  it was opened with a pipe
    with suppress(BrokenPipeError):
        child.stdin.close()
    child.wait()


def _read(complaints: IO[bytes]) -> bytes:
    complaints.seek(0)
    return complaints.read()


def _failure(stderr: bytes, doing: str) -> RenderError:
    lines = stderr.decode(errors="replace").strip().splitlines()
    return RenderError(f"ffmpeg failed {doing}: {lines[-1] if lines else 'it said nothing'}")
