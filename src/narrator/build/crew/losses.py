"""What is said of tasks that no worker of a cluster could do."""

from __future__ import annotations

from narrator.build.crew.workers import Task
from narrator.errors import EngineError, MissingError, RenderError


def fallen(task: Task, hung: str, gone: bool) -> EngineError:
    """A task took its worker with it each time. hung: how, if it did not die; gone: its nodes went away."""
    what = f"the engine {task.needs.engine!r}" if task.needs.engine else "a worker"
    why = hung or ("lost its node" if gone else "died, out of memory or killed,")
    return EngineError(
        f"{what} {why} each time it came to this",
        hint="Change the line or its voice, or type narrator render without --on to see it here.",
    )


def nowhere(task: Task) -> MissingError:
    """No node has what a task needs."""
    needs = f"{task.needs.cores:g} cores" + (f" and {task.needs.gpus:g} GPUs" if task.needs.gpus else "")
    return MissingError(
        f"no node of the cluster has {needs}, which this takes.",
        where=task.where,
        hint="Add such a node, or set cores and gpus in the voice's sheet or under [workers] in book.toml.",
    )


def headless(where: str) -> RenderError:
    """The head node of the cluster is gone. where: its address."""
    return RenderError(
        "the head node of this Ray cluster does not answer any more.",
        where=where,
        hint="Start the cluster again, then render again: what was recorded is kept.",
    )


def unstarted(task: Task, why: str) -> RenderError:
    """No worker says hello, on any node. why: what the last one said instead."""
    return RenderError(
        f"no worker starts on the cluster's nodes ({why}).",
        where=task.where,
        hint="Install the same narrator and Python on all nodes.",
    )


def strange(task: Task, host: str, unlike: str) -> RenderError:
    """All nodes are unlike the render's own machine. host: one of them, unlike: in what."""
    return RenderError(
        f"the node {host} has {unlike}.",
        where=task.where,
        hint="Install the same narrator on all nodes (pip install -c constraints-ray.txt).",
    )
