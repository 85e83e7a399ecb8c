"""An exported network as a TorchScript file."""

import io
import json
import warnings

import torch
from torch import Tensor

from yolox_core.export.network import Deployed


def torchscript_content(module: Deployed, images: Tensor, metadata: dict[str, object]) -> bytes:
    """The file's content, traced on `images`; the metadata lies in its extra file `metadata.json`."""
    content = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # TorchScript as a whole is one
        traced = torch.jit.trace(module, images, check_trace=False)
        torch.jit.save(traced, content, _extra_files={"metadata.json": json.dumps(metadata).encode()})
    return content.getvalue()


def load_torchscript(content: bytes) -> torch.jit.ScriptModule:
    """The traced `Deployed` in a file's content, on the CPU."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return torch.jit.load(io.BytesIO(content), map_location="cpu")
