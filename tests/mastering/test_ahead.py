"""A step ahead: order, faults and leaving early are those of the plain loop."""

import threading

import pytest

from narrator.mastering.ahead import ahead


def test_the_same_items_in_the_same_order_from_another_thread() -> None:
    makers = set()

    def made():
        for item in (0, None, (), 3):
            makers.add(threading.current_thread())
            yield item

    assert list(ahead(made())) == [0, None, (), 3]
    assert threading.current_thread() not in makers
    assert len(makers) == 1
    assert list(ahead([])) == []


def test_a_fault_comes_when_its_item_is_due() -> None:
    def made():
        yield 1
        yield 2
        raise ValueError("the third")

    got: list[int] = []
    with pytest.raises(ValueError, match="the third"):
        got.extend(ahead(made()))
    assert got == [1, 2]


def test_who_leaves_early_leaves_no_thread_behind() -> None:
    before = threading.active_count()
    items = ahead(iter(range(1_000_000)))
    assert next(items) == 0
    items.close()
    assert threading.active_count() == before
