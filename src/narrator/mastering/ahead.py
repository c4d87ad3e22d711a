"""One step of a chain ahead of the next: where a chapter has two cores to itself, both work on it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

T = TypeVar("T")

_AHEAD: Final = 2
"""Items that are made before they are asked for: enough that neither side waits for the other's odd ones."""


def ahead(items: Iterable[T]) -> Iterator[T]:
    """The same items in the same order, made in a thread of their own. What making one raises is raised where
    it is due. `items` is left where it stands if nobody asks for more."""
    source = iter(items)

    def following() -> tuple[T, ...]:
        return next(((item,) for item in source), ())

    with ThreadPoolExecutor(1) as thread:
        coming = deque(thread.submit(following) for _ in range(_AHEAD))
        while item := coming.popleft().result():
            coming.append(thread.submit(following))
            yield item[0]
