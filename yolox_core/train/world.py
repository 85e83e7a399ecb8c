"""The processes of one run. Alone, every method is the obvious one; under `torchrun` they speak with each other.

`torchrun` starts the processes and says in environment variables which one this is; nothing is started here.
"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar
from uuid import uuid4

import torch
from torch import Tensor, distributed
from torch.distributed.distributed_c10d import PrefixStore, Store
from torch.distributed.rendezvous import rendezvous

from yolox_core.errors import UserError

Value = TypeVar("Value")

MEETING_S = 300


@dataclass(frozen=True, slots=True)
class World:
    """Process number `rank` of `size`; `local_rank` is its number on this machine, which is also that of its GPU."""

    rank: int = 0
    size: int = 1
    local_rank: int = 0

    @property
    def is_main(self) -> bool:
        """Whether this process writes events and checkpoints."""
        return self.rank == 0

    def device_word(self, word: str) -> str:
        """The device setting of this process: each takes the GPU of its number."""
        if self.size > 1 and word in ("auto", "cuda"):
            return f"cuda:{self.local_rank}" if torch.cuda.is_available() else "cpu"
        return word

    def summed(self, tensor: Tensor) -> Tensor:
        """The sum of a tensor over all processes."""
        if self.size > 1:
            tensor = tensor.clone()
            distributed.all_reduce(tensor)
        return tensor

    def average(self, tensors: Sequence[Tensor]) -> None:
        """Replace each of these tensors by its mean over all processes."""
        if self.size > 1:
            for tensor in tensors:
                distributed.all_reduce(tensor)
                tensor /= self.size

    def gathered(self, value: Value) -> list[Value]:
        """The values of all processes in order of rank."""
        values: list[Value] = [value] * self.size
        if self.size > 1:
            distributed.all_gather_object(values, value)
        return values

    def wait(self) -> None:
        """Go on when all processes have come here."""
        self.gathered(None)


ALONE = World()


@contextmanager
def joined_world() -> Iterator[World]:
    """The world that `torchrun` describes, or ALONE without it. Raises UserError where the others cannot be met."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield ALONE
        return
    world = World(int(os.environ["RANK"]), size, int(os.environ["LOCAL_RANK"]))
    has_gpus = torch.cuda.is_available()
    if has_gpus:
        torch.cuda.set_device(world.local_rank)
    try:
        backend = "cpu:gloo,cuda:nccl" if has_gpus else "gloo"
        distributed.init_process_group(backend, store=_own_store(world), rank=world.rank, world_size=size)
    except (RuntimeError, ValueError) as error:
        raise UserError(
            f"The other processes of the run cannot be reached ({error}).",
            action="Check torchrun's --rdzv-endpoint, and that its port is open between the machines.",
        ) from error
    try:
        yield world
    finally:
        distributed.destroy_process_group()


def _own_store(world: World) -> Store:
    """The store of torchrun without what processes before a restart left in it.

    torchrun goes on with the same store, and whoever finds the address of a process that has died cannot connect. So
    process 0 hands a fresh prefix to each process that introduces itself with a name never used before.
    Raises RuntimeError where one of them does not come in time.
    """
    store, _, _ = next(rendezvous("env://"))
    if world.is_main:
        prefix = uuid4().hex
        absent = set(range(1, world.size))
        ended = time.monotonic() + MEETING_S
        while absent:
            for rank in absent:
                if store.check([f"name/{rank}"]):
                    store.set(f"prefix/{store.get(f'name/{rank}').decode()}", prefix)
            absent = {rank for rank in absent if not store.check([f"{prefix}/came/{rank}"])}
            if time.monotonic() > ended:
                raise RuntimeError(f"no word of process {', '.join(map(str, sorted(absent)))} in {MEETING_S} s")
            time.sleep(0.05)
    else:
        name = uuid4().hex
        store.set(f"name/{world.rank}", name)
        prefix = store.get(f"prefix/{name}").decode()
        store.set(f"{prefix}/came/{world.rank}", "")
    return PrefixStore(prefix, store)


def is_restart() -> bool:
    """Whether `torchrun` has started these processes again after one of them died."""
    return int(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")) > 0
