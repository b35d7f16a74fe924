from gallery_cases import entry, episode, sheet_of_entries

from moostik_assets.galleries.entries import angle_title, angles_of, counts_of, episode_heading, shots_of, summary


def test_shots_keep_their_order_and_number_their_frames():
    shots = shots_of(sheet_of_entries(entry(2), entry(1), entry(2, "medium"), entry(3)))
    assert [(shot.shot_id, shot.first_frame, len(shot.entries)) for shot in shots] == [
        ("shot-002", 1, 2),
        ("shot-001", 3, 1),
        ("shot-003", 4, 1),
    ]


def test_angles_are_counted_in_the_order_in_which_they_appear():
    assert list(angles_of(episode(2, ("medium", "wide"))).items()) == [("medium", 2), ("wide", 2)]


def test_heading_says_a_number_of_any_kind():
    assert episode_heading(episode()) == "Episode 0: The Great Lamp"
    assert episode_heading(sheet_of_entries(episode_number=0.5)) == "Episode 0.5: The Great Lamp"
    assert episode_heading(sheet_of_entries(episode_number=None, episode_title=" ")) == "ep0"


def test_summary_counts_each_status():
    found = sheet_of_entries(entry(1), entry(1, "medium", status="failed"), entry(2, status="pending"))
    assert summary(found) == "2 shots, 3 variations: 1 completed, 1 failed, 1 pending"
    assert counts_of(sheet_of_entries()) == {"completed": 0, "failed": 0, "pending": 0}
    assert summary(sheet_of_entries()) == "0 shots, 0 variations"


def test_an_angle_is_read_as_people_write_it():
    assert angle_title("over_the_shoulder") == "over the shoulder"
    assert angle_title("俯瞰") == "俯瞰"
    assert angle_title("_") == "_"
