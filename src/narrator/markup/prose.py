"""The words that are read aloud as one string, with the way back to chapters, paragraphs and the source."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from narrator.book import Manuscript, Paragraph


@dataclass(frozen=True, slots=True)
class Place:
    """Where a paragraph stands: in the prose (`start`, `end`), and in the manuscript (`chapter`, `index`)."""

    start: int
    end: int
    chapter: int
    index: int
    opens_scene: bool
    paragraph: Paragraph


@dataclass(frozen=True, slots=True)
class Prose:
    """The paragraphs of a manuscript that are read aloud, a newline between them. Headings are not among
    them."""

    text: str
    places: tuple[Place, ...]
    starts: tuple[int, ...] = field(repr=False)

    def at(self, offset: int) -> int:
        """The index of the paragraph that holds `offset`."""
        return max(0, bisect_right(self.starts, offset) - 1)

    def source(self, offset: int, place: int) -> int:
        """Where `offset`, in paragraph `place`, stands in the manuscript's source (code points)."""
        where = self.places[place]
        return where.paragraph.source(offset - where.start)

    def words(self, place: int) -> str:
        """The text of one paragraph."""
        where = self.places[place]
        return self.text[where.start : where.end]


def prose(manuscript: Manuscript) -> Prose:
    """The prose of `manuscript`."""
    texts: list[str] = []
    places: list[Place] = []
    position = 0
    for chapter_index, chapter in enumerate(manuscript.chapters):
        for index, paragraph in enumerate(chapter.paragraphs):
            if paragraph.furniture:
                continue
            text = paragraph.text
            end = position + len(text)
            places.append(Place(position, end, chapter_index, index, paragraph.opens_scene, paragraph))
            texts.append(text)
            position = end + 1
    return Prose("\n".join(texts), tuple(places), tuple(place.start for place in places))
