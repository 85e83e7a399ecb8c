"""torch's libraries are loaded without Python's lock: `import torch` alone holds it, and the window, for 0.4 s."""

import ctypes
import os
import sys
from importlib.util import find_spec
from pathlib import Path

LIBRARIES = {"libtorch_global_deps.so": os.RTLD_NOW | os.RTLD_GLOBAL, "libtorch.so": os.RTLD_NOW}


def load_torch_libraries() -> None:
    """Load what `import torch` will find loaded, in the order and manner of torch's own start. For worker threads.

    Elsewhere than on Linux, or where torch lies otherwise, nothing is done: the import works without.
    """
    spec = find_spec("torch") if sys.platform == "linux" and "torch" not in sys.modules else None
    if spec is None or not spec.submodule_search_locations:
        return
    folder = Path(spec.submodule_search_locations[0]) / "lib"
    load = ctypes.CDLL(None).dlopen  # ctypes lets go of the lock for a call, but not for loading a library itself
    load.argtypes, load.restype = [ctypes.c_char_p, ctypes.c_int], ctypes.c_void_p
    for library, mode in LIBRARIES.items():
        if (folder / library).exists():
            load(os.fsencode(folder / library), mode)
