"""Kokoro's graph, its convolutions as matrix products: the same whole numbers in less time.

The runtime multiplies 8-bit matrices several times faster than it convolves 8-bit signals, because only the
product of unsigned activations with signed weights has instructions of its own. A convolution over time is
such a product of its input's shifted copies with its weights. Both are exact sums of whole numbers; only
their scaling is rounded elsewhere, and the samples come out a little nearer to the unquantised model's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from narrator.whole import write_bytes

REVISION: Final = "1"
"""Raised when the rewritten graph would give other samples."""

_END: Final = 1 << 60
"""The end of an axis, whatever its length: ONNX clips it."""


def fast(published: Path) -> Path:
    """The rewritten graph, made beside the published one where it is not there yet (some seconds).

    Needs the package onnx then. Where this processor's products saturate, it is a copy of the published one.
    """
    from filelock import FileLock

    made = published.with_name(f"{published.stem}.products-{REVISION}.onnx")
    if made.is_file():
        return made
    with FileLock(made.with_suffix(".lock")):
        if not made.is_file():
            write_bytes(made, published.read_bytes() if _saturates() else rewritten(published))
    return made


def rewritten(published: Path) -> bytes:
    """The graph with every dense convolution of stride 1 as a product."""
    import onnx

    model = onnx.load(str(published))
    graph = model.graph
    rewriting = _Rewriting.of(graph)
    made = {}
    for node in graph.node:
        if node.op_type == "ConvInteger" and _is_dense(node):
            place, nodes = rewriting.product(node)
            made[place] = nodes
    nodes = [new for node in graph.node for new in made.get(node.output[0], [node])]
    given = rewriting.given.union(rewriting.added)
    kept = _in_order(_needed(nodes, {output.name for output in graph.output}), given)
    asked = {name for node in kept for name in node.input}
    weights = [*graph.initializer, *rewriting.added.values()]
    kept, weights = [_copy(node) for node in kept], [_copy(one) for one in weights if one.name in asked]
    del graph.node[:], graph.initializer[:]
    graph.node.extend(kept)
    graph.initializer.extend(weights)
    whole: bytes = model.SerializeToString()
    return whole


@dataclass
class _Rewriting:
    """A graph under the knife. given: what no node makes. added: constants and weights, by name."""

    maker: Mapping[str, Any]
    users: Mapping[str, list[Any]]
    weights: Mapping[str, Any]
    given: frozenset[str]
    added: dict[str, Any] = field(default_factory=dict)
    turned: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, graph: Any) -> _Rewriting:  # noqa: ANN401  onnx is untyped to us
        users: dict[str, list[Any]] = defaultdict(list)
        for node in graph.node:
            for name in node.input:
                users[name].append(node)
        maker = {name: node for node in graph.node for name in node.output}
        weights = {one.name: one for one in graph.initializer}
        return cls(maker, users, weights, frozenset({"", *weights, *(one.name for one in graph.input)}))

    def product(self, node: Any) -> tuple[str, list[Any]]:  # noqa: ANN401
        """Nodes in place of a convolution and what scales its sums, and the name of what they make."""
        from onnx import helper

        (sums,) = self.users[node.output[0]]
        bias = None
        if sums.op_type == "Add":  # the bias, as a whole number of this activation's steps
            bias = self._before_quantising(sums.input[1])
            (sums,) = self.users[sums.output[0]]
        (scaled,) = self.users[sums.output[0]]
        (scale,) = (name for name in scaled.input if name != sums.output[0])
        (step,) = (name for name in self.maker[scale].input if name in self.weights)
        activation = self.maker[node.input[0]].output[1]
        name, zero = node.name, node.input[2]
        nodes = [*self._columns(node, name, zero)]
        weights, its_zero = self._signed(node)
        nodes += [
            helper.make_node(
                "MatMulInteger", [f"{name}_columns", weights, zero, its_zero], [f"{name}_whole"]
            ),
            helper.make_node("Cast", [f"{name}_whole"], [f"{name}_float"], to=1),
            helper.make_node("Mul", [activation, step], [f"{name}_step"]),
            helper.make_node("Mul", [f"{name}_float", f"{name}_step"], [f"{name}_scaled"]),
        ]
        last = f"{name}_scaled"
        if bias:
            nodes.append(helper.make_node("Add", [last, bias], [f"{name}_biased"]))
            last = f"{name}_biased"
        nodes.append(helper.make_node("Transpose", [last], [scaled.output[0]], perm=[0, 2, 1]))
        return scaled.output[0], nodes

    def _columns(self, node: Any, name: str, zero: str) -> Iterator[Any]:  # noqa: ANN401
        """Nodes that lay the input's copies, one for each weight of the kernel, side by side."""
        from onnx import helper

        facts = _facts(node)
        (before, after), (apart,) = facts["pads"], facts["dilations"]
        taps = self._shape(node)[2]
        source = node.input[0]
        if source not in self.turned:
            self.turned[source] = f"{source}_turned"
            yield helper.make_node("Transpose", [source], [f"{source}_turned"], perm=[0, 2, 1])
        source = self.turned[source]
        if before or after:
            pads = self._whole([0, before, 0, 0, after, 0])
            yield helper.make_node("Pad", [source, pads, zero], [f"{name}_padded"])
            source = f"{name}_padded"
        for tap in range(taps):
            start, end = tap * apart, (tap - taps + 1) * apart or _END
            ends = [self._whole([start]), self._whole([end]), self._whole([1])]
            yield helper.make_node("Slice", [source, *ends], [f"{name}_tap{tap}"])
        copies = [f"{name}_tap{tap}" for tap in range(taps)]
        yield helper.make_node("Concat", copies, [f"{name}_columns"], axis=2)

    def _signed(self, node: Any) -> tuple[str, str]:  # noqa: ANN401
        """The weights as signed numbers, one row for each column; they and their zero are moved alike."""
        import numpy as np
        from onnx import numpy_helper

        weights, zero = (
            numpy_helper.to_array(self.weights[node.input[at]]).astype(int) - 128 for at in (1, 3)
        )
        out, across, taps = weights.shape
        rows = weights.transpose(2, 1, 0).reshape(taps * across, out)
        names = f"{node.name}_weights", f"{node.name}_zero"
        for name, numbers in zip(names, (rows, zero), strict=True):
            self.added[name] = numpy_helper.from_array(np.ascontiguousarray(numbers, np.int8), name)
        return names

    def _whole(self, numbers: list[int]) -> str:
        """The name of a constant."""
        import numpy as np
        from onnx import numpy_helper

        name = f"narrator_{'_'.join(map(str, numbers))}"
        self.added.setdefault(name, numpy_helper.from_array(np.array(numbers, np.int64), name))
        return name

    def _before_quantising(self, name: str) -> str:
        """The bias as it was: quantising divides it by the step, and what it divides is stored."""
        while (node := self.maker[name]).op_type != "Div":
            name = node.input[0]
        return str(node.input[0])

    def _shape(self, node: Any) -> list[int]:  # noqa: ANN401
        return list(self.weights[node.input[1]].dims)


def _facts(node: Any) -> dict[str, Any]:  # noqa: ANN401
    from onnx import helper

    return {one.name: helper.get_attribute_value(one) for one in node.attribute}


def _is_dense(node: Any) -> bool:  # noqa: ANN401
    facts = _facts(node)
    return bool(facts["strides"] == [1] and facts["group"] == 1)


def _needed(nodes: list[Any], wanted: set[str]) -> list[Any]:
    """The nodes that what is wanted comes from, in their order."""
    kept = []
    for node in reversed(nodes):
        if wanted.intersection(node.output):
            kept.append(node)
            wanted.update(node.input)
    return kept[::-1]


def _in_order(nodes: list[Any], given: frozenset[str]) -> list[Any]:
    """The nodes, each after what it needs: two convolutions may share what the first one turned."""
    ordered, known = [], set(given)
    while nodes:
        ready = [node for node in nodes if known.issuperset(node.input)]
        if not ready:
            raise ValueError("the graph has a circle")
        for node in ready:
            known.update(node.output)
        ordered += ready
        nodes = [node for node in nodes if not known.issuperset(node.output)]
    return ordered


def _copy(message: Any) -> Any:  # noqa: ANN401
    """A message of its own: clearing a field of the graph empties the ones that it held."""
    return type(message).FromString(message.SerializeToString())


def _saturates() -> bool:
    """Whether this processor adds two products in 16 bits, as those with AVX2 alone do: sums would be cut."""
    import numpy as np
    import onnxruntime
    from onnx import TensorProto, helper

    shape, whole = [1, 64], TensorProto.INT32
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["left", "right"], ["sums"])],
        "probe",
        [
            helper.make_tensor_value_info("left", TensorProto.UINT8, shape),
            helper.make_tensor_value_info("right", TensorProto.INT8, [64, 16]),
        ],
        [helper.make_tensor_value_info("sums", whole, [1, 16])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    given = {"left": np.full((1, 64), 255, np.uint8), "right": np.full((64, 16), 127, np.int8)}
    (sums,) = session.run(None, given)
    return not bool((np.asarray(sums) == 255 * 127 * 64).all())
