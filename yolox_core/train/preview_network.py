"""The network that assigns anchor points in a preview: as the run starts with it, or out of a checkpoint."""

from pathlib import Path

from yolox_core.checkpoint import load_checkpoint, load_weights
from yolox_core.model.yolox import YOLOX
from yolox_core.pretrained import published_size
from yolox_core.train.config import TrainConfig
from yolox_core.train.presets import BEST_START
from yolox_core.train.preview_records import START, PreviewRequest
from yolox_core.train.start import local_start
from yolox_core.train.start_network import StartNetwork, start_network

NOT_HERE = "The published weights are loaded when the run starts: random weights assign the points meanwhile."


def preview_network(request: PreviewRequest, class_names: tuple[str, ...]) -> StartNetwork:
    """The network that is asked for. Raises FileError where its checkpoint cannot be read."""
    if request.network == START:
        return _at_start(request.config, class_names)
    path = Path(request.network)
    checkpoint = load_checkpoint(path)
    model = YOLOX(checkpoint.layers, len(class_names))
    report = load_weights(model, checkpoint, class_names)
    return StartNetwork(model, checkpoint.layers, (f"{path.name}: {report.text}",))


def _at_start(config: TrainConfig, class_names: tuple[str, ...]) -> StartNetwork:
    weights = local_start(config)
    if weights is not None or not config.weights:
        return start_network(config, class_names, weights)
    if config.weights != BEST_START and not published_size(config.weights, config.size):
        return start_network(config, class_names, Path(config.weights))
    started = start_network(config, class_names, None)
    return StartNetwork(started.model, started.size, (NOT_HERE,))


def network_key(request: PreviewRequest, class_names: tuple[str, ...]) -> object:
    """The same for requests that the same network answers; a checkpoint that was written anew is another one."""
    config = request.config
    weights = local_start(config) if request.network == START else Path(request.network)
    changed = weights.stat().st_mtime_ns if weights is not None and weights.is_file() else 0
    built = (config.size, config.depth, config.width, config.activation, config.weights, config.seed)
    return request.network, built, weights, changed, class_names
