"""Whether the lexicon's readings are what the engines were given, and what they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from narrator import proof, speech
from narrator.book import Chapter, CharacterId
from narrator.build.loading import Book
from narrator.build.plan import composed
from narrator.build.releases.binding import ReleasedChapter
from narrator.proof import Finding, Layout, Spoken


def pronunciations(book: Book, chapter: ReleasedChapter, layout: Layout) -> Iterator[Finding]:
    """What is wrong with how the words of the lexicon are said in a released chapter.

    Every reading that the lexicon has for a line must be in the facts of its take, and the engine must say it
    by its own phonemes, where it tells them. A person's recording has no such facts. A reading that the
    script itself gives goes before the lexicon's.
    """
    own = _own_readings(chapter.plan.place.chapter)
    for line in layout.lines:
        given = _given(book, line)
        if not given:
            continue
        asked = [w for w in book.lexicon.words(line.text, CharacterId(line.character)) if _reads(w)]
        read = {word.written: word for word in given if _reads(word)}
        ruled = dict.fromkeys(map(_composed, asked))
        for word in ruled:
            mine = word.written in own.get(line.text, {word.written})
            if word.written not in read or (not mine and read[word.written] != word):
                yield proof.unread(line, word.written, _typed(word))
        request = chapter.plan.takes.get(line.line) if chapter.current else None
        if request is None:
            continue
        names = [w for w in given if _reads(w) and w.written in {word.written for word in ruled}]
        for word, said in speech.misread(request.voice, given, names):
            yield proof.misread(line, word.written, _typed(word), said)


def _own_readings(chapter: Chapter) -> Mapping[str, frozenset[str]]:
    """By a line's text, the words in it to which the script itself gives a reading now. What stands no longer
    in the script is not in it."""
    found: dict[str, frozenset[str]] = {}
    for _, line in chapter.lines:
        said = frozenset(composed(piece.written) for piece in line.pieces if piece.said is not None)
        found[line.written] = found.get(line.written, frozenset()) | said
    return found


def _given(book: Book, line: Spoken) -> tuple[speech.Word, ...]:
    """The words that the line's take was made of, as its facts tell; none where a person spoke it."""
    store = book.production.store
    if not store.has("takes", line.take):
        return ()
    words = store.record("takes", line.take).facts.get("words", ())
    return tuple(speech.Word(written, respelling, phonemes) for written, respelling, phonemes in words)


def _composed(word: speech.Word) -> speech.Word:
    """The word as the facts of takes have it."""
    return speech.Word(
        composed(word.written),
        word.respelling and composed(word.respelling),
        word.phonemes and composed(word.phonemes),
    )


def _reads(word: speech.Word) -> bool:
    return word.respelling is not None or word.phonemes is not None


def _typed(word: speech.Word) -> str:
    return f"/{word.phonemes}/" if word.phonemes is not None else f"“{word.respelling}”"
