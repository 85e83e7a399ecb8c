"""Batches: the same whatever the threads, the cache and the processes; memory bounded; broken images left out."""

import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from yolox_core.dataset.folder import open_folder
from yolox_core.errors import UserError, ValueOutOfRange
from yolox_core.train.config import TrainConfig
from yolox_core.train.loader import Batch, Loader
from yolox_core.train.samples import LabelledImage, TrainingData, read_training_data
from yolox_core.train.sources import Sources

CONFIG = TrainConfig(batch_size=4, image_size=96, image_height=64, workers=0, mixup_prob=0.5)


@pytest.fixture
def images(squares: Path) -> tuple[LabelledImage, ...]:
    *_, found = read_training_data(open_folder(squares), CONFIG)
    assert isinstance(found, TrainingData)
    return found.train


def _batches(
    images: tuple[LabelledImage, ...], config: TrainConfig, *, rank: int = 0, world_size: int = 1
) -> list[Batch]:
    sources = Sources(images, config.input_shape, config.cache_mb)
    with closing(Loader(sources, config, rank=rank, world_size=world_size)) as loader:
        return [batch for epoch in (1, 2) for batch in loader.epoch(epoch, is_composed=epoch == 1)]


def _assert_same(ours: list[Batch], theirs: list[Batch]) -> None:
    for our, their in zip(ours, theirs, strict=True):
        assert torch.equal(our.images, their.images)
        assert torch.equal(our.targets, their.targets)


@pytest.mark.parametrize(("workers", "cache_mb"), [(0, 0), (1, 100), (4, 0), (4, 100)])
def test_that_threads_and_cache_change_nothing(images: tuple[LabelledImage, ...], workers: int, cache_mb: int) -> None:
    changed = replace(CONFIG, workers=workers, cache_mb=cache_mb)
    _assert_same(_batches(images, changed), _batches(images, CONFIG))


def test_that_two_processes_see_together_what_one_sees(images: tuple[LabelledImage, ...]) -> None:
    alone = _batches(images, CONFIG)
    first, second = (_batches(images, CONFIG, rank=rank, world_size=2) for rank in range(2))
    for whole, *parts in zip(alone, first, second, strict=True):
        assert [len(part.images) for part in parts] == [2, 2]
        assert torch.equal(torch.cat([part.images for part in parts]), whole.images)
        rows = [row[row.sum(dim=1) > 0] for part in parts for row in part.targets]
        assert all(torch.equal(a, b[b.sum(dim=1) > 0]) for a, b in zip(rows, whole.targets, strict=True))


def test_that_a_batch_that_cannot_be_shared_is_refused(images: tuple[LabelledImage, ...]) -> None:
    with pytest.raises(ValueOutOfRange, match="3 processes"):
        Loader(Sources(images, CONFIG.input_shape, 0), CONFIG, world_size=3)


def test_that_an_epoch_begun_in_its_middle_goes_on_with_the_same_batches(images: tuple[LabelledImage, ...]) -> None:
    config = replace(CONFIG, batch_size=2, workers=2)
    sources = Sources(images, config.input_shape, config.cache_mb)
    with closing(Loader(sources, config)) as loader:
        whole = list(loader.epoch(3, is_composed=True))
        assert len(whole) == loader.steps_per_epoch == 4
        for first in range(5):
            _assert_same(list(loader.epoch(3, is_composed=True, first_step=first)), whole[first:])


def test_that_a_batch_is_bytes_in_the_shape_of_the_input(images: tuple[LabelledImage, ...]) -> None:
    batch = _batches(images, CONFIG)[0]
    assert batch.images.dtype == torch.uint8
    assert batch.images.shape == (4, 3, 64, 96)
    assert batch.images.is_contiguous(memory_format=torch.channels_last)
    assert batch.images.untyped_storage().nbytes() == 4 * 3 * 64 * 96


def test_that_every_image_is_shown_in_an_epoch(images: tuple[LabelledImage, ...]) -> None:
    config = replace(CONFIG, flip_prob=0, hsv_prob=0)
    sources = Sources(images, config.input_shape, 100)
    wanted = {sources.sample(place).boxes.tobytes() for place in range(len(sources))}
    with closing(Loader(sources, config)) as loader:
        seen = torch.cat([batch.targets[:, 0, 1:] for batch in loader.epoch(1, is_composed=False)])
    corners = torch.cat((seen[:, :2] - seen[:, 2:] / 2, seen[:, :2] + seen[:, 2:] / 2), dim=1)
    stored = np.array([np.frombuffer(boxes, np.float32) for boxes in wanted])
    assert all(np.abs(corners.numpy() - box).max(axis=1).min() < 1e-3 for box in stored)


def test_that_the_cache_stays_within_its_bound_and_does_not_grow(images: tuple[LabelledImage, ...]) -> None:
    many = images * 20
    sources = Sources(many, (512, 512), 3)
    config = replace(CONFIG, image_size=512, image_height=0, workers=8, batch_size=8)
    with closing(Loader(sources, config)) as loader:
        kept = []
        for epoch in range(2):
            for _ in loader.epoch(epoch, is_composed=True):
                pass
            kept.append(sources.kept_bytes)
    assert kept[0] == kept[1]
    one = sources.sample(0).image.nbytes
    assert 3_000_000 - one < kept[0] <= 3_000_000


def test_that_a_broken_image_is_left_out_and_named_once(images: tuple[LabelledImage, ...]) -> None:
    images[2].file.path.write_bytes(images[2].file.path.read_bytes()[:200])
    images[5].file.path.unlink()
    config = replace(CONFIG, workers=8, cache_mb=0)
    sources = Sources(images, config.input_shape, 0)
    with closing(Loader(sources, config)) as loader:
        threaded = [batch for epoch in (1, 2) for batch in loader.epoch(epoch, is_composed=epoch == 1)]
    assert len(sources.faults) == 2
    assert sum("truncated" in fault for fault in sources.faults) == 1
    _assert_same(threaded, _batches(images, CONFIG))


def test_that_images_none_of_which_can_be_read_end_in_words(images: tuple[LabelledImage, ...]) -> None:
    for image in images:
        image.file.path.write_bytes(b"")
    with pytest.raises(UserError, match="None of the training images"):
        _batches(images, CONFIG)


def test_that_closing_in_the_middle_of_an_epoch_ends_the_threads(images: tuple[LabelledImage, ...]) -> None:
    config = replace(CONFIG, workers=3, batch_size=2)
    loader = Loader(Sources(images, config.input_shape, 0), config)
    next(loader.epoch(1, is_composed=True))
    assert any(thread.name.startswith("augment") for thread in threading.enumerate())
    loader.close()
    assert not any(thread.name.startswith("augment") for thread in threading.enumerate())


def test_that_no_more_than_three_batches_are_made_ahead(images: tuple[LabelledImage, ...]) -> None:
    config = replace(CONFIG, workers=1, batch_size=2, cache_mb=100, mosaic_prob=0)
    sources = Sources(images * 10, config.input_shape, config.cache_mb)
    loader = Loader(sources, config)
    next(loader.epoch(1, is_composed=True))
    loader.close()
    assert sources.kept_bytes <= 3 * 2 * sources.sample(0).image.nbytes


def test_that_the_preview_shows_what_the_network_gets(images: tuple[LabelledImage, ...]) -> None:
    sources = Sources(images, CONFIG.input_shape, 0)
    with closing(Loader(sources, CONFIG)) as loader:
        samples = (loader.make_sample(0, np.random.default_rng(seed), is_composed=True) for seed in (1, 1, 2))
        first, again, other = samples
    assert first.image.shape == (64, 96, 3)
    assert np.array_equal(first.image, again.image)
    assert not np.array_equal(first.image, other.image)
