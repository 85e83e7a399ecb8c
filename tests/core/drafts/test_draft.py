from dataclasses import replace

from yolox_core.drafts.between import between, matched
from yolox_core.drafts.draft import Draft, Pile, Source, clipped, spelled_as_known
from yolox_core.records import Box

DRONE = Box("drone", 10, 10, 50, 50)


def model(box: Box, score: float) -> Draft:
    return Draft(box, score, Source.MODEL)


def test_that_a_draft_gives_way_to_a_box_of_its_class_alone():
    draft = model(DRONE, 0.9)
    nearly = DRONE.with_edges(12, 12, 52, 52)
    assert Pile((draft,), boxes=(nearly,)).waiting == ()
    assert Pile((draft,), boxes=(replace(nearly, class_name="bird"),)).waiting == (draft,)
    assert Pile((draft,), boxes=(DRONE.with_edges(30, 30, 70, 70),)).waiting == (draft,)


def test_that_a_rejected_draft_does_not_return_with_the_next_run():
    pile = Pile((model(DRONE, 0.9),), rejected=(DRONE,))
    assert pile.with_drafts((model(DRONE.with_edges(11, 10, 51, 50), 0.8),)).waiting == ()


def test_that_the_threshold_hides_drafts_of_the_network_only():
    low, tracked = model(DRONE, 0.2), Draft(Box("drone", 100, 100, 140, 140), 0.2, Source.TRACKED)
    assert Pile((low, tracked)).shown(0.5) == (tracked,)
    assert Pile((low, tracked)).shown(0.2) == (low, tracked)


def test_that_new_drafts_replace_those_of_their_source():
    old, tracked = model(DRONE, 0.9), Draft(Box("bird", 1, 1, 9, 9), 0.5, Source.TRACKED)
    new = model(Box("bird", 100, 100, 140, 140), 0.4)
    assert set(Pile((old, tracked)).with_drafts((new,)).drafts) == {tracked, new}


def test_that_known_classes_keep_their_spelling():
    assert spelled_as_known("Drone", ("bird", "drone")) == "drone"
    assert spelled_as_known("Drone", ("drone", "Drone")) == "Drone"
    assert spelled_as_known("kite", ("drone",)) == "kite"


def test_that_a_clipped_box_stays_within_the_image():
    assert clipped(Box("a", -5, 10, 300, 20), 200, 160) == Box("a", 0, 10, 200, 20)
    assert not clipped(Box("a", 210, 10, 300, 20), 200, 160).is_proper


def test_that_boxes_between_key_frames_lie_on_a_straight_way():
    first, last = Box("a", 0, 0, 10, 10, key=7), Box("a", 40, 20, 60, 40, key=9)
    steps = between((first,), (last,), 3)
    assert [step[0].box for step in steps] == [
        Box("a", 10, 5, 22.5, 17.5),
        Box("a", 20, 10, 35, 25),
        Box("a", 30, 15, 47.5, 32.5),
    ]


def test_that_key_boxes_are_matched_by_class_and_nearest_first():
    a1, a2, b = Box("a", 0, 0, 10, 10), Box("a", 100, 0, 110, 10), Box("b", 1, 0, 11, 10)
    near_a2, near_b = Box("a", 95, 0, 105, 10), Box("b", 50, 0, 60, 10)
    assert matched((a1, a2, b), (near_b, near_a2)) == ((a2, near_a2), (b, near_b))
    assert matched((), (a1,)) == ()
