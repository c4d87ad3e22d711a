"""Holding a production: two renders at once would release a mixture."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from platform import node

from filelock import FileLock, Timeout

from narrator.build.releases import placing
from narrator.errors import RenderError
from narrator.production import Production
from narrator.whole import cannot_write, write_text


@contextmanager
def alone(production: Production, doing: str) -> Iterator[None]:
    """Hold the production while the block runs. doing: what others read meanwhile ("rendering").

    What a killed holder left half written is cleared away first, and a release that it left half in place is
    finished. Raises RenderError, naming the holder, where another narrator holds it, and where the store
    cannot be written.
    """
    production.store.prepare()
    lock = FileLock(production.lock)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise _held(production) from error
    except OSError as error:
        raise cannot_write(production.lock, error) from error
    try:
        if production.holder.exists():  # whoever it was did not come to the end
            for part in production.store.unfinished():
                part.unlink(missing_ok=True)
        write_text(
            production.holder,
            json.dumps(
                {
                    "process": os.getpid(),
                    "host": node(),
                    "doing": doing,
                    "since": f"{datetime.now():%H:%M:%S}",
                }
            ),
        )
        placing.finish(production)
        yield
    finally:
        production.holder.unlink(missing_ok=True)
        lock.release()


def _held(production: Production) -> RenderError:
    hint = "Wait until it has ended."
    try:
        holder = json.loads(production.holder.read_bytes())
        who = f"another narrator (process {int(holder['process'])} on {holder['host']})"
        what = f"{who} has been {holder['doing']} this production since {holder['since']}."
    except (OSError, ValueError, KeyError, TypeError):
        what = "another narrator is at work on this production."  # it took the lock a moment ago
    return RenderError(what, where=str(production.root), hint=hint)
