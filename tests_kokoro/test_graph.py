"""Convolutions as products: the same sums, to the last whole number."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from narrator.speech.engines.kokoro_graph import rewritten


def graph(*, taps: int, apart: int, bias: bool) -> bytes:
    """One convolution as Kokoro's quantiser writes it, 5 channels to 3, as long after as before."""
    random = np.random.default_rng(taps)
    given = {
        "weights": random.integers(0, 256, (3, 5, taps)).astype(np.uint8),
        "weights_zero": np.uint8(117),
        "weights_scale": np.float32(0.003),
        "bias": random.normal(size=3).astype(np.float32),
        "shape": np.array([1, 3, 1]),
    }
    pad = apart * (taps - 1) // 2
    nodes = [
        helper.make_node("DynamicQuantizeLinear", ["x"], ["whole", "step", "zero"]),
        helper.make_node(
            "ConvInteger",
            ["whole", "weights", "zero", "weights_zero"],
            ["sums"],
            name="conv",
            pads=[pad, pad],
            dilations=[apart],
            strides=[1],
            group=1,
            kernel_shape=[taps],
        ),
        helper.make_node("Mul", ["step", "weights_scale"], ["scale"]),
        helper.make_node("Div", ["bias", "scale"], ["divided"]),
        helper.make_node("Floor", ["divided"], ["floored"]),
        helper.make_node("Cast", ["floored"], ["cast"], to=TensorProto.INT32),
        helper.make_node("Reshape", ["cast", "shape"], ["shaped"]),
        helper.make_node("Add", ["sums", "shaped"], ["biased"]),
        helper.make_node("Cast", ["biased" if bias else "sums"], ["float"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["float", "scale"], ["y"]),
    ]
    nodes = [node for node in nodes if bias or node.op_type not in ("Div", "Floor", "Reshape", "Add")]
    nodes = [node for node in nodes if bias or node.output[0] != "cast"]
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in ("x", "y")]
    weights = [numpy_helper.from_array(np.asarray(value), name) for name, value in given.items()]
    made = helper.make_graph(nodes, "one", ends[:1], ends[1:], weights)
    return helper.make_model(
        made, opset_imports=[helper.make_opsetid("", 20)], ir_version=9
    ).SerializeToString()


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize(("taps", "apart"), [(1, 1), (3, 1), (11, 5)])
def test_a_product_gives_what_the_convolution_gave(tmp_path: Path, taps: int, apart: int, bias: bool) -> None:
    published = tmp_path / "one.onnx"
    published.write_bytes(graph(taps=taps, apart=apart, bias=bias))
    made = rewritten(published)
    operations = {node.op_type for node in onnx.load_from_string(made).graph.node}
    assert "MatMulInteger" in operations
    assert "ConvInteger" not in operations
    x = np.random.default_rng(0).normal(size=(1, 5, 200)).astype(np.float32)
    was, now = (
        onnxruntime.InferenceSession(one, providers=["CPUExecutionProvider"]).run(None, {"x": x})[0]
        for one in (published.read_bytes(), made)
    )
    step = 0.003 * (x.max() - x.min()) / 255  # of the bias, which was rounded down to whole steps
    assert was.shape == now.shape
    assert np.abs(was - now).max() <= (1.01 * step if bias else 1e-5)
