"""The preview of training samples: exactly what the trainer's network gets, and the positives that its loss uses."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from yolox_core.dataset.folder import open_folder
from yolox_core.errors import UserError
from yolox_core.model.head import anchor_points
from yolox_core.model.loss import Losses, detection_loss
from yolox_core.records import Progress
from yolox_core.train.config import TrainConfig
from yolox_core.train.events import StepDone
from yolox_core.train.loader import Batch, Loader
from yolox_core.train.network_input import NetworkInput, network_input
from yolox_core.train.preview import Previewer
from yolox_core.train.preview_records import START, Preview, PreviewRequest
from yolox_core.train.samples import TrainingData, read_training_data
from yolox_core.train.shapes import next_shape, shape_of_step
from yolox_core.train.sources import Sources
from yolox_core.train.start_network import start_network
from yolox_core.train.trainer import Trainer

pytestmark = pytest.mark.usefixtures("one_thread")

CONFIG = TrainConfig(
    epochs=6, no_aug_epochs=2, batch_size=2, image_size=96, image_height=64, workers=1, mixup_prob=0.5, device="cpu"
)


def _preview(squares: Path, request: PreviewRequest) -> Preview:
    *progress, preview = Previewer(open_folder(squares)).records(request)
    assert all(isinstance(record, Progress) for record in progress)
    assert isinstance(preview, Preview)
    return preview


def _batch(squares: Path, config: TrainConfig, *, epoch: int, step: int) -> Batch:
    *_, data = read_training_data(open_folder(squares), config)
    assert isinstance(data, TrainingData)
    with closing(Loader(Sources(data.train, config.input_shape, 0), config)) as loader:
        is_plain = epoch > config.epochs - 2
        return list(loader.epoch(epoch, is_composed=not is_plain))[step - 1]


@pytest.mark.parametrize(("epoch", "step"), [(1, 1), (3, 4), (6, 2)])
def test_that_the_samples_are_the_batch_of_the_loader_at_that_place(squares: Path, epoch: int, step: int) -> None:
    preview = _preview(squares, PreviewRequest(CONFIG, epoch=epoch, step=step, images=2, is_resized=False))
    batch = _batch(squares, CONFIG, epoch=epoch, step=step)
    assert preview.is_plain == (epoch > 4)
    assert preview.shape == (64, 96)
    for sample, image, rows in zip(preview.samples, batch.images, batch.targets, strict=True):
        assert np.array_equal(sample.image, image.permute(1, 2, 0).numpy())
        rows = rows[rows.sum(dim=1) > 0]
        corners = torch.cat((rows[:, 1:3] - rows[:, 3:] / 2, rows[:, 1:3] + rows[:, 3:] / 2), dim=1)
        assert np.array_equal(sample.class_ids, rows[:, 0].numpy())
        np.testing.assert_allclose(sample.boxes, corners.numpy(), atol=1e-4)


def test_that_the_first_loss_of_a_run_is_that_of_the_samples_on_show(squares: Path, tmp_path: Path) -> None:
    events = Trainer(CONFIG, open_folder(squares), tmp_path / "run").run()
    first = next(event for event in events if isinstance(event, StepDone))
    events.close()
    preview = _preview(squares, PreviewRequest(CONFIG, images=2, network=START))
    losses = _losses(preview)
    assert losses.total.item() == pytest.approx(first.total_loss, rel=1e-4)
    assert losses.positives == sum(len(sample.positives.boxes) for sample in preview.samples if sample.positives)
    assert losses.positives > 0


def test_that_positives_of_a_resized_batch_are_those_of_the_loss(squares: Path, shared: Path) -> None:
    config = replace(
        CONFIG, batch_size=4, image_size=320, image_height=0, weights=str(shared / "weights/yolox_nano.pth")
    )
    request = PreviewRequest(config, epoch=6, step=2, images=4, network=START)
    preview = _preview(squares, request)
    assert preview.shape != config.input_shape
    counted = sum(len(sample.positives.boxes) for sample in preview.samples if sample.positives)
    batch = _batch(squares, config, epoch=6, step=2)
    losses = _loss_of(network_input(batch, preview.shape, torch.device("cpu")), config)
    assert counted == losses.positives
    for sample in preview.samples:
        assert sample.positives is not None
        left, top, right, bottom = sample.boxes[sample.positives.boxes].T
        reach = 1.5 * sample.positives.strides
        assert (np.abs(sample.positives.centres[:, 0] - (left + right) / 2) < reach).all()
        assert (np.abs(sample.positives.centres[:, 1] - (top + bottom) / 2) < reach).all()
        assert ((sample.positives.ious >= 0) & (sample.positives.ious <= 1)).all()


def test_that_the_sizes_shown_are_those_of_the_run(squares: Path, tmp_path: Path) -> None:
    config = replace(CONFIG, epochs=3, eval_interval=9, accumulate=1)
    *events, _ = Trainer(config, open_folder(squares), tmp_path / "run").run()
    steps = [event for event in events if isinstance(event, StepDone)]
    previewer = Previewer(open_folder(squares))
    for event in steps:
        first_batch = (event.step - 1) % 4 + 1
        *_, preview = previewer.records(PreviewRequest(config, epoch=event.epoch, step=first_batch, images=1))
        assert isinstance(preview, Preview)
        assert preview.shape[1] == event.image_size
    assert len({event.image_size for event in steps}) > 1


def test_that_the_size_of_any_step_is_found_without_the_steps_before() -> None:
    config = replace(CONFIG, multiscale_range=5, seed=7)
    generator = torch.Generator().manual_seed(7)
    drawn = [config.input_shape, *(next_shape(config, generator) for _ in range(40))]
    assert [shape_of_step(config, 10 * number + 10) for number in range(41)] == drawn


def test_that_more_images_than_a_batch_are_those_of_the_next_ones(squares: Path) -> None:
    preview = _preview(squares, PreviewRequest(CONFIG, epoch=2, step=2, images=3, is_resized=False, network=START))
    assert len(preview.samples) == 3
    following = _batch(squares, CONFIG, epoch=2, step=3)
    assert np.array_equal(preview.samples[2].image, following.images[0].permute(1, 2, 0).numpy())


def test_that_a_place_past_the_end_is_the_last_one(squares: Path) -> None:
    preview = _preview(squares, PreviewRequest(CONFIG, epoch=99, step=99, images=2))
    assert (preview.request.epoch, preview.request.step) == (6, 4)
    assert (preview.epochs, preview.plain_epochs, preview.steps_per_epoch) == (6, 2, 4)


def test_that_a_missing_checkpoint_is_told(squares: Path) -> None:
    with pytest.raises(UserError, match=r"none\.pth"):
        _preview(squares, PreviewRequest(replace(CONFIG, weights="/nowhere/none.pth"), network=START))


def test_that_published_weights_are_not_loaded_for_a_preview(squares: Path) -> None:
    preview = _preview(squares, PreviewRequest(replace(CONFIG, weights="coco"), network=START, images=1))
    assert "loaded when the run starts" in " ".join(preview.remarks)


def test_that_labels_are_read_once_and_a_network_is_kept(squares: Path) -> None:
    previewer = Previewer(open_folder(squares))
    request = PreviewRequest(CONFIG, network=START)
    first = [record.text for record in previewer.records(request) if isinstance(record, Progress)]
    again = [record.text for record in previewer.records(replace(request, step=2)) if isinstance(record, Progress)]
    assert "Reading labels" in first
    assert "Reading labels" not in again


def _losses(preview: Preview) -> Losses:
    """The loss of the samples as they are shown, by the start network."""
    most = max(len(sample.boxes) for sample in preview.samples)
    targets = torch.zeros(len(preview.samples), most, 5)
    for rows, sample in zip(targets, preview.samples, strict=True):
        boxes = torch.from_numpy(sample.boxes)
        centres, sides = (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]
        rows[: len(boxes)] = torch.cat((torch.from_numpy(sample.class_ids)[:, None], centres, sides), dim=1)
    images = torch.from_numpy(np.stack([sample.image for sample in preview.samples])).permute(0, 3, 1, 2).float()
    return _loss_of(NetworkInput(images, targets), preview.request.config)


def _loss_of(given: NetworkInput, config: TrainConfig) -> Losses:
    weights = Path(config.weights) if config.weights else None
    raw = start_network(config, ("square",), weights).model.train()(given.images)
    return detection_loss(raw, anchor_points(*given.images.shape[2:], like=raw), given.targets, use_l1=False)
