"""Start weights: what fits of a checkpoint goes into a network for other classes, and a report says what did not."""

from dataclasses import dataclass

from torch import Tensor

from yolox_core.checkpoint.record import Checkpoint
from yolox_core.model.yolox import YOLOX

NAMED = 4  # layers that a text names before it counts the others

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What became of every entry of a network and of a checkpoint.

    `loaded` keys were taken; `reshaped` are there in another shape (key, shape in the file, shape in the network);
    `missing` are not in the file; `unused` are only there. `classes_kept` are the names whose predictions were taken.
    """

    loaded: tuple[str, ...]
    reshaped: tuple[tuple[str, Shape, Shape], ...]
    missing: tuple[str, ...]
    unused: tuple[str, ...]
    classes_kept: tuple[str, ...]

    @property
    def text(self) -> str:
        """The report in a sentence or a few."""
        parts = [f"{len(self.loaded)} of {len(self.loaded) + len(self.reshaped) + len(self.missing)} tensors taken"]
        if self.reshaped:
            shapes = [
                f"{_layer(key)} ({_times(found)}, {_times(wanted)} wanted)" for key, found, wanted in self.reshaped
            ]
            parts.append(f"of another shape: {_listed(shapes)}")
        if self.missing:
            parts.append(f"not in the file: {_listed([_layer(key) for key in self.missing])}")
        if self.unused:
            parts.append(f"only in the file: {_listed([_layer(key) for key in self.unused])}")
        if self.classes_kept:
            parts.append(f"classes known already: {_listed(list(self.classes_kept))}")
        return "; ".join(parts) + "."


def load_weights(model: YOLOX, checkpoint: Checkpoint, class_names: tuple[str, ...]) -> LoadReport:
    """Copy what fits into a model for other classes; predictions of classes with the same name are kept."""
    state = model.state_dict()
    common = tuple(name for name in class_names if name in checkpoint.class_names)
    taken: dict[str, Tensor] = {}
    reshaped: list[tuple[str, Shape, Shape]] = []
    for key, target in state.items():
        source = checkpoint.weights.get(key)
        if source is None:
            continue
        if key.startswith("head.cls_preds.") and checkpoint.class_names != class_names:
            source = _with_known_rows(target, source, checkpoint.class_names, class_names) if common else target
        if source.shape == target.shape:
            taken[key] = source
        else:
            reshaped.append((key, tuple(source.shape), tuple(target.shape)))
    model.load_state_dict({**state, **taken})
    missing = tuple(key for key in state if key not in checkpoint.weights)
    unused = tuple(key for key in checkpoint.weights if key not in state)
    return LoadReport(tuple(taken), tuple(reshaped), missing, unused, common)


def _with_known_rows(target: Tensor, source: Tensor, known: tuple[str, ...], wanted: tuple[str, ...]) -> Tensor:
    """`target` [C, ...] with the rows of `source` whose class it has too; `source` itself where other axes differ."""
    if source.shape[1:] != target.shape[1:]:
        return source
    mixed = target.clone()
    for row, name in enumerate(wanted):
        if name in known:
            mixed[row] = source[known.index(name)].to(target)
    return mixed


def _layer(key: str) -> str:
    return key.rsplit(".", 1)[0]


def _times(shape: Shape) -> str:
    return " x ".join(map(str, shape)) or "one number"


def _listed(names: list[str]) -> str:
    names = list(dict.fromkeys(names))
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
