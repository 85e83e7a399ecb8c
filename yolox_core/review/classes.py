"""Which of the network's classes judges each class of a folder."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yolox_core.dataset.folder import DataFolder
from yolox_core.dataset.names import natural_key
from yolox_core.review.records import UnknownClasses


@dataclass(frozen=True, eq=False)
class JudgedClasses:
    """The classes that can be told apart: one for each class of the network that stands for any of the folder's.

    `names` are what proposals are called, `ids` the place in them of each class of the folder, `of_network` int64 the
    place of each class of the network, `len(names)` for those that the folder does not have. `unknown` are the classes
    in the labels that the network does not know.
    """

    names: tuple[str, ...]
    ids: Mapping[str, int]
    of_network: NDArray[np.int64]
    unknown: tuple[str, ...]


def judged_classes(
    labelled: Iterable[str], known: Sequence[str], mapping: Mapping[str, str], folder: DataFolder
) -> JudgedClasses:
    """The classes of a folder with `labelled` boxes (the class of each), for a network that knows `known`.

    `mapping` gives the network's class of those that have another name there. Raises UnknownClasses where the network
    knows none of those in the labels.
    """
    used = Counter(labelled)
    if folder.numbered_classes:
        mapping = {**{str(number): name for number, name in enumerate(known)}, **mapping}
    own = sorted(used.keys() | set(folder.class_names), key=natural_key)
    members: dict[str, list[str]] = {}
    for name in own:
        theirs = mapping.get(name, name)
        if theirs in known:
            members.setdefault(theirs, []).append(name)
    judged = {name for names in members.values() for name in names}
    if used and not used.keys() & judged:
        raise UnknownClasses(tuple(sorted(used, key=natural_key)), tuple(known), folder.root)
    members = members or {name: [name] for name in known}
    groups = [(_spokesman(theirs, names, used), theirs, names) for theirs, names in members.items()]
    place_of = {theirs: place for place, (_, theirs, _) in enumerate(groups)}
    return JudgedClasses(
        tuple(name for name, _, _ in groups),
        {name: place for place, (_, _, names) in enumerate(groups) for name in names},
        np.array([place_of.get(name, len(groups)) for name in known], np.int64),
        tuple(sorted(used.keys() - judged, key=natural_key)),
    )


def _spokesman(theirs: str, names: Sequence[str], used: Counter[str]) -> str:
    """What a box of the network's class is called where it may be any of `names`: its own name, else the usual one."""
    return theirs if theirs in names else max(names, key=lambda name: used[name])
