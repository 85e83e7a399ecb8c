"""Memory that a piece of work takes on the device it runs on, in bytes."""

import torch

from yolox_core.memory import forget_peak, free_memory, peak_memory, used_memory


class DeviceMemory:
    """Counts from its making. On the CPU that is main memory; on other devices what torch has taken of theirs."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._is_cuda = device.type == "cuda"
        self._before = 0 if self._is_cuda else used_memory()
        self.forget_peak()

    def forget_peak(self) -> None:
        """Let the peak begin anew."""
        if self._is_cuda:
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats(self._device)
        else:
            forget_peak()

    def peak(self) -> int:
        """The most that was taken at once."""
        if self._is_cuda:
            return torch.cuda.max_memory_reserved(self._device)
        return max(peak_memory() - self._before, 0)

    def limit(self) -> int:
        """All that the work could take; 0 where nobody tells."""
        if self._is_cuda:
            return torch.cuda.mem_get_info(self._device)[0] + torch.cuda.memory_reserved(self._device)
        free = free_memory()
        return free + max(used_memory() - self._before, 0) if free else 0
