"""What a network does to one batch, written down as ONNX.

torch's own exporters take 1 to 14 s for these networks and patch torch for all threads meanwhile, a training among
them. This one runs the network once and writes each operation as it comes by, in the thread that asks for it.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor
from torch.overrides import TorchFunctionMode

from yolox_core.errors import UserError

if TYPE_CHECKING:
    import onnx

Input = Tensor | str


class Recorder(TorchFunctionMode):
    """While it is entered, writes every operation on `images` and on what came of it as a node.

    Tensors that did not come of `images` become constants of the graph: as float16 where `is_half`, until the network
    asks for float32.
    """

    def __init__(self, images: Tensor, *, is_half: bool) -> None:
        super().__init__()
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.is_half = is_half
        self._seen: dict[int, tuple[Tensor, str]] = {}  # the tensor is kept so that its id stays its own
        self._take(images, self.add("Cast", "images", to=_onnx_type(np.float16)) if is_half else "images")

    def __torch_function__(
        self,
        function: Callable[..., Any],
        types: object,
        args: Sequence[Any] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        result = function(*args, **kwargs)
        if isinstance(result, Tensor) and any(id(tensor) in self._seen for tensor in _tensors(args)):
            write = WRITERS.get(function)
            if write is None:
                name = getattr(function, "__name__", str(function))
                raise UserError(f"The network holds an operation that cannot be exported ({name}).", where="export")
            self._take(result, write(self, *args, **kwargs))
        return result

    def add(self, operation: str, *inputs: Input, **attributes: Any) -> str:
        """Write one node; the name of its output."""
        from onnx import helper

        names = [self.name(value) for value in inputs]
        output = f"{operation}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operation, names, [output], name=output, **attributes))
        return output

    def name(self, value: Input) -> str:
        """The name of a tensor in the graph."""
        if isinstance(value, str):
            return value
        if id(value) in self._seen:
            return self._seen[id(value)][1]
        array = value.detach().cpu().numpy()
        return self.constant(array.astype(np.float16) if self.is_half and array.dtype == np.float32 else array)

    def constant(self, values: Any) -> str:
        """A constant with these values, whole numbers as int64."""
        from onnx import numpy_helper

        array = np.asarray(values)
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def _take(self, tensor: Tensor, name: str) -> None:
        self._seen[id(tensor)] = (tensor, name)


def _tensors(values: Sequence[Any]) -> list[Tensor]:
    found: list[Tensor] = []
    for value in values:
        if isinstance(value, Tensor):
            found.append(value)
        elif isinstance(value, list | tuple):
            found += _tensors(value)
    return found


def _onnx_type(dtype: type) -> int:
    from onnx import helper

    return helper.np_dtype_to_tensor_dtype(np.dtype(dtype))


def _conv(
    to: Recorder,
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    groups: int,
) -> str:
    inputs = (x, weight) if bias is None else (x, weight, bias)
    return to.add(
        "Conv",
        *inputs,
        kernel_shape=list(weight.shape[2:]),
        strides=list(stride),
        pads=[*padding, *padding],
        dilations=list(dilation),
        group=groups,
    )


def _silu(to: Recorder, x: Tensor, **_: Any) -> str:
    return to.add("Mul", x, to.add("Sigmoid", x))


def _max_pool(to: Recorder, x: Tensor, kernel: int, *, stride: int, padding: int, **_: Any) -> str:
    return to.add("MaxPool", x, kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[padding] * 4)


def _nearest(to: Recorder, x: Tensor, *, scale_factor: float, mode: str, **_: Any) -> str:
    assert mode == "nearest"
    scales = to.constant(np.array([1, 1, scale_factor, scale_factor], np.float32))
    return to.add(
        "Resize", x, "", scales, mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor"
    )


def _slice(to: Recorder, x: Tensor, place: tuple[Any, ...]) -> str:
    """Plain slices, with an ellipsis before them."""
    slices = [part for part in place if part is not ...]
    assert place[0] is ...
    assert all(isinstance(part, slice) for part in slices)
    axes = range(x.dim() - len(slices), x.dim())
    bounds = [part.indices(x.shape[axis]) for part, axis in zip(slices, axes, strict=True)]
    starts, ends, steps = (to.constant(column) for column in zip(*bounds, strict=True))
    return to.add("Slice", x, starts, ends, to.constant(list(axes)), steps)


def _transpose(to: Recorder, x: Tensor, one: int, other: int) -> str:
    order = list(range(x.dim()))
    order[one], order[other] = other, one
    return to.add("Transpose", x, perm=order)


def _flatten(to: Recorder, x: Tensor, start: int) -> str:
    return to.add("Reshape", x, to.constant([0] * start + [-1]))  # 0 copies a dimension, so any batch goes


def _float(to: Recorder, x: Tensor) -> str:
    """From here on in float32."""
    if not to.is_half:
        return to.name(x)
    to.is_half = False
    return to.add("Cast", x, to=_onnx_type(np.float32))


WRITERS: dict[Callable[..., Any], Callable[..., str]] = {
    torch.conv2d: _conv,
    torch.cat: lambda to, parts, dim: to.add("Concat", *parts, axis=dim),
    F.silu: _silu,
    F.relu: lambda to, x, **_: to.add("Relu", x),
    F.leaky_relu: lambda to, x, negative_slope, **_: to.add("LeakyRelu", x, alpha=negative_slope),
    F.max_pool2d: _max_pool,
    F.interpolate: _nearest,
    Tensor.add: lambda to, a, b: to.add("Add", a, b),
    Tensor.mul: lambda to, a, b: to.add("Mul", a, b),
    Tensor.exp: lambda to, x: to.add("Exp", x),
    Tensor.sigmoid: lambda to, x: to.add("Sigmoid", x),
    Tensor.flatten: _flatten,
    Tensor.transpose: _transpose,
    Tensor.to: lambda to, x, *_: to.name(x),
    Tensor.float: _float,
    Tensor.__getitem__: _slice,
}
"""How each operation of the networks is written; the parameters are those of the torch function."""
