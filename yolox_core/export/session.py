"""ONNX Runtime on the CPU, asked for gently: its threads are torch's number and rest between two runs."""

from typing import Any

import torch
from torch import Tensor

from yolox_core.errors import Unavailable, UserError


class OnnxSession:
    """A loaded ONNX file: images [B, 3, H, W] float32 on the CPU to the first output, or to any by name.

    Raises Unavailable where onnxruntime is missing, UserError where it refuses the file.
    """

    def __init__(self, content: bytes) -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise Unavailable("The package onnxruntime is missing.", action="Install onnxruntime.") from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        options.inter_op_num_threads = 1
        options.log_severity_level = 3  # errors; the rest is of no use to the user
        # Without a bound a waiting thread spins: measured 1.5 times the latency beside a busy process.
        options.add_session_config_entry("session.intra_op.spin_duration_us", "50")
        options.add_session_config_entry("session.force_spinning_stop", "1")
        try:
            self._session: Any = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except _refusals() as error:
            raise UserError(f"ONNX Runtime refuses the network ({error}).", where="onnxruntime") from error

    def __call__(self, images: Tensor) -> Tensor:
        """The first output."""
        return self.outputs(images)[0]

    def outputs(self, images: Tensor) -> list[Tensor]:
        """All outputs, in the order of the file."""
        return [torch.from_numpy(array) for array in self._session.run(None, {"images": images.numpy()})]

    @property
    def metadata(self) -> dict[str, str]:
        """What the file says of itself."""
        return dict(self._session.get_modelmeta().custom_metadata_map)


def _refusals() -> tuple[type[Exception], ...]:
    """What onnxruntime raises for a file: its exceptions share no base class of their own."""
    from onnxruntime.capi import onnxruntime_pybind11_state as errors

    names = ("Fail", "InvalidGraph", "InvalidProtobuf", "InvalidArgument", "NotImplemented", "RuntimeException")
    return tuple(getattr(errors, name) for name in names)
