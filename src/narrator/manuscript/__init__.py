"""The manuscript room: an author's file becomes chapters of paragraphs, each character traceable to the
source."""

from narrator.manuscript.reading import read

__all__ = ["read"]
