"""The shelf: the site's first page, made of what each book's folder says of itself in its book.json."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from narrator.errors import ProductionError
from narrator.listen.assets import put_assets
from narrator.listen.templating import render
from narrator.whole import write_text

CARD = "book.json"
"""The name of a book's own summary."""


class Card(BaseModel):
    """A book on the shelf. cover: its address from the site's folder; the rest is for the card's words."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    address: str
    title: str
    author: str = ""
    narrator: str = ""
    language: str = "und"
    description: str = ""
    seconds: float
    chapters: int
    edition: int
    updated: str
    cover: str


def rebuild(site: Path) -> tuple[Card, ...]:
    """Write the shelf of the books that stand in `site`. Raises ProductionError for a damaged book.json."""
    cards = tuple(sorted(_cards(site), key=lambda card: (card.title.casefold(), card.address)))
    assets = put_assets(site, "shelf")
    page = render("shelf.html", cards=cards, assets=assets)
    _put(site / "index.html", page)
    _put(site / "404.html", render("missing.html", assets=assets))
    return cards


def _cards(site: Path) -> Iterator[Card]:
    for path in sorted(site.glob(f"*/{CARD}")):
        try:
            card = Card.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise ProductionError(
                "this book's summary cannot be read.",
                where=str(path),
                hint="Delete its folder, or publish that book again.",
            ) from error
        yield card.model_copy(update={"address": path.parent.name})


def _put(path: Path, text: str) -> None:
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        write_text(path, text)
