"""An exported network as a TorchScript file."""

import contextlib
import io
import json
import warnings
from collections.abc import Iterator

import torch
from torch import Tensor

from yolox_core.export.network import Deployed


def torchscript_content(module: Deployed, images: Tensor, metadata: dict[str, object]) -> bytes:
    """The file's content, traced on `images`; the metadata lies in its extra file `metadata.json`."""
    content = io.BytesIO()
    with _quiet():
        traced = torch.jit.trace(module, images, check_trace=False)  # type: ignore[no-untyped-call]
        torch.jit.save(traced, content, _extra_files={"metadata.json": json.dumps(metadata).encode()})
    return content.getvalue()


def load_torchscript(content: bytes) -> torch.jit.ScriptModule:
    """The traced `Deployed` in a file's content, on the CPU."""
    with _quiet():
        module: torch.jit.ScriptModule = torch.jit.load(io.BytesIO(content), map_location="cpu")  # type: ignore[no-untyped-call]
    return module


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without torch's notes that TorchScript as a whole is deprecated."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", FutureWarning)
        yield
