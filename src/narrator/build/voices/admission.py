"""May this voice speak in this book? Its language, its licence, and the recordings it is made from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from narrator import casting, speech
from narrator.book import Voice
from narrator.errors import CastError, NarratorError

if TYPE_CHECKING:  # workers ask for licences; they need not know how a production is loaded
    from narrator.sheets import BookSheet


def objections(voice: Voice, sheet: BookSheet) -> Iterator[NarratorError]:
    """What speaks against the voice, one sentence each; places are the caller's to add.

    Raises what the engine itself has against its settings.
    """
    yield from _languages(voice, sheet)
    for licence in licences(voice):
        if casting.forbids(licence, sheet.use):
            yield CastError(
                f"the licence of the voice {voice.name!r} ({licence}) forbids commercial use",
                hint='Cast another one; or, if the book earns nothing, write use = "noncommercial" in '
                "script/book.toml.",
            )
            break
    try:
        recordings(voice)
    except NarratorError as error:
        yield error


def _languages(voice: Voice, sheet: BookSheet) -> Iterator[CastError]:
    spoken, written = _language(voice.language), _language(sheet.language)
    if written and spoken != written:
        yield CastError(
            f"the voice {voice.name!r} speaks {voice.language!r}, and the book is in {sheet.language!r}",
            hint="Cast a voice that speaks it, or correct language in the voice's sheet or in book.toml.",
        )
    read = getattr(speech.engine(voice.engine), "languages", None)
    if read is not None and spoken not in read:
        yield CastError(
            f"the voice {voice.name!r} is said to speak {voice.language!r}, and the engine {voice.engine} "
            f"reads only {', '.join(sorted(read))}",
            hint="Correct language in its sheet, or take another engine.",
        )


def _language(tag: str) -> str:
    """The language of a tag such as de-AT, without its region."""
    return tag.replace("_", "-").split("-")[0].strip().lower()


def recordings(voice: Voice) -> tuple[casting.Recording, ...]:
    """What was found in the recordings that a voice is made from. Raises CastError, MissingError for one that
    nobody should be cloned from."""
    return casting.check_references(voice)


def licences(voice: Voice) -> tuple[str, ...]:
    """What the sheet says and what the engine knows of its model, each once; none where neither says."""
    return tuple(dict.fromkeys(filter(None, (voice.licence.strip(), speech.model_licence(voice)))))
