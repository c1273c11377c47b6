"""From the net's outputs to notes: the reference of the tracker in C, frame by frame the same decisions.

Frame t is complete at (t + 1) * 10 ms: that is when a note can be sent.
"""
import copy

import numpy as np

import pedal as listener
from net import DEADLINES, FIRST_KEY, KEYS

REGISTER = np.searchsorted([15, 39, 63], np.arange(KEYS), side="right")      # keys 0-14, 15-38, 39-62, 63-87
INF = float("inf")
LONGEST_AGE = 0.12                  # s; an onset is never placed further back
DEFAULTS = {
    # [prefix of the deadline list 1..4][deadline][register]; a disabled deadline is inf.
    "thresholds": [[[t if d <= prefix else INF] * 4 for d, t in enumerate((0.85, 0.8, 0.7, 0.6))] for prefix in range(4)],
    "rearm_level": 0.5, "rearm_frames": 9,
    "off_level": 0.5, "off_held": 0.0, "off_shift_ms": 40.0, "off_guard_frames": 4,
    # Least probability of a press and of a release, and of down for a pedal that is up and one that is down; frames: between two
    # peaks, until likely down or up is believed, after a change before that counts at all, and to look back; time from a press
    # and from a release to the end of the frame of its peak.
    "pedal_pressed": 0.22, "pedal_released": 0.5, "pedal_on": 0.7, "pedal_off": 0.3, "pedal_gap_frames": 8, "pedal_on_frames": 10,
    "pedal_off_frames": 5, "pedal_hold_frames": 20, "pedal_search_frames": 40, "pedal_pressed_delay_ms": 125.0,
    "pedal_released_delay_ms": 65.0,
}


def defaults():
    return copy.deepcopy(DEFAULTS)


def probabilities(logits, heard=None):
    """[frames, 88, >= 12] logits -> onset [frames, 88, 4], velocity (as it is), sounding, held, age in s. heard: the probabilities
    of the pedal's listener [frames, 3]."""
    x = np.asarray(logits, np.float32)

    def squash(v):
        return (1 / (1 + np.exp(-np.clip(v, -60, 60)))).astype(np.float32)

    return {"onset": squash(x[..., :4]), "velocity": x[..., 4:8].copy(), "sounding": squash(x[..., 8]), "held": squash(x[..., 9]),
            "pedal": heard, "age": x[..., 11].clip(0, LONGEST_AGE / 0.1) * 0.1}


def fires(ratio, rearm_level, rearm_frames):
    """Frames at which one key fires, from its strongest ratio per frame."""
    hits, calm = np.flatnonzero(ratio >= 1), np.flatnonzero(ratio < rearm_level)
    found, free = [], 0
    while True:
        i = np.searchsorted(hits, free)
        if i == len(hits):
            return found
        t = int(hits[i])
        found.append(t)
        j = np.searchsorted(calm, t + rearm_frames)
        if j == len(calm):
            return found
        free = int(calm[j]) + 1


def ringing(p, weight):
    """What ends notes: the probability that a key sounds, less by this share of itself where the key seems released. Strings ring on
    under half a pedal and with slow dampers, as they do under the pedal; players mean their notes to end there."""
    return p["sounding"] * (1 - weight * (1 - p["held"]))


def note_end(sounding, start, stop, level, guard):
    """Second of two successive frames below the level, from guard frames after the start; None if there is none before stop."""
    low = sounding[start + guard:stop] < level
    both = np.flatnonzero(low[1:] & low[:-1])
    return start + guard + 1 + int(both[0]) if len(both) else None


def onset_of(p, t, key):
    """Time of the onset that fires at frame t."""
    return max(0.0, (t + 1) * 0.01 - float(p["age"][t, key]))


def notes(p, parameters, prefix=3, sustain=False):
    """Rows (onset s, offset s, MIDI note, velocity, time of sending s, deadline index, time its end is sent), sorted by sending
    time and key.

    sustain: notes end when the key is released (the pedal's events go with them), else when the sound ends.
    """
    heard = p["held"] if sustain else ringing(p, parameters["off_held"])
    theta = np.array(parameters["thresholds"], np.float32)[prefix][:, REGISTER].T          # [88, 4]
    ratios = p["onset"] / theta
    best, head = ratios.max(2), ratios.argmax(2)
    frames, rows = len(best), []
    for k in np.flatnonzero(best.max(0) >= 1):
        hits = fires(best[:, k], parameters["rearm_level"], parameters["rearm_frames"])
        for t, following in zip(hits, hits[1:] + [None]):
            d, onset = head[t, k], onset_of(p, t, k)
            end = note_end(heard[:, k], t, frames if following is None else following + 1, parameters["off_level"],
                           parameters["off_guard_frames"])
            if end is not None and end != following:
                offset = (end + 1) * 0.01 - parameters["off_shift_ms"] / 1000
            elif following is None:
                offset = frames * 0.01
            else:
                offset = onset_of(p, following, k)
            sent_end = end if end is not None else frames if following is None else following
            velocity = int(np.clip(np.rint(127 * p["velocity"][t, k, d]), 1, 127))
            rows.append((onset, max(offset, onset + 0.02), k + FIRST_KEY, velocity, (t + 1) * 0.01, int(d), (sent_end + 1) * 0.01))
    return np.array(sorted(rows, key=lambda r: (r[4], r[2])), float).reshape(-1, 7)


def sounding_frames(p, parameters):
    """Whether a note sent with the pedal's events sounds before each frame."""
    some = np.zeros(len(p["pedal"]) + 1, bool)
    for row in notes(p, parameters, sustain=True):
        some[int(round(row[4] * 100)):int(round(row[6] * 100))] = True
    return some


def pedal_changes(heard, sounding, parameters):
    """Rows (time s, down, time of sending s) from the listener's probabilities and whether a note sounds before each frame: pressed
    in silence it cannot be heard, so a press is believed only while one does."""
    rows, decider = [], listener.Decider(parameters)
    for t, values in enumerate(heard):
        end = (t + 1) * 0.01
        rows += [(time, down, end) for time, down in decider.step(values, end, sounding[t])]
    return rows


def pedal(p, parameters):
    return pedal_changes(p["pedal"], sounding_frames(p, parameters), parameters)


def prefix_of(lookahead_ms):
    """The last deadline within the look-ahead, the first where none is."""
    return max(0, sum(10 * d <= lookahead_ms for d in DEADLINES) - 1)
