"""Targets of the net from the notes of a take.

Head with deadline d: yes at t0 + d and t0 + d + 1, no loss at t0 .. t0 + d - 1 and t0 + d + 2, no elsewhere (t0: frame of the
onset), so the net may fire early and must by the deadline. Sounding and held follow their notes 3 frames late. The age counts
from the onset to the end of each frame in which a head may fire.
"""
import numpy as np

from net import DEADLINES, FIRST_KEY

HOLD_DELAY = 3


class Labels:
    """Notes of a take (onset, key release, end of sound, MIDI note, velocity) and its pedal, in frames."""

    def __init__(self, notes, pedal):
        order = np.argsort(notes[:, 0], kind="stable")
        notes = notes[order]
        self.onset = notes[:, 0].astype(np.float64)
        frames = np.floor(notes[:, :3] * 100 + 1e-4).astype(np.int64)
        self.start, self.release, self.end = frames.T
        self.key = notes[:, 3].astype(np.int64) - FIRST_KEY
        self.velocity = notes[:, 4].astype(np.int64)
        self.pedal = [(int(t * 100) + HOLD_DELAY, int(down)) for t, down in pedal]

    def fill(self, first, onset, velocity, hold, age, pedal):
        """Write the targets of frames first .. first + count into u8 arrays [count, 88, 4], [count, 88] x 3, [count]. Age: ms + 1, 0 none."""
        count = len(onset)
        last = first + count
        for a in (onset, velocity, hold, age):
            a[:] = 0
        late = max(DEADLINES) + 2
        for i in np.flatnonzero((self.start < last) & (np.maximum(self.end, self.start) + late + HOLD_DELAY >= first)):
            t0, key = int(self.start[i]) - first, self.key[i]
            for bit, end in ((1, self.end[i]), (2, self.release[i])):
                hold[max(0, t0 + HOLD_DELAY):max(0, int(end) - first + HOLD_DELAY), key] |= bit
            if t0 + late < 0:
                continue
            velocity[max(0, t0):t0 + late, key] = self.velocity[i]
            ages = age[max(0, t0):t0 + late, key]
            ages[:] = np.rint((first + max(0, t0) + 1 + np.arange(len(ages))) * 10 - self.onset[i] * 1000).clip(0, 200) + 1
            for h, d in enumerate(DEADLINES):
                free = onset[max(0, t0):max(0, t0 + d + 3), key, h]
                free[free == 0] = 2
                onset[max(0, t0 + d):max(0, t0 + d + 2), key, h] = 1
        pedal[:] = 0
        for (t, down), (following, _) in zip(self.pedal, self.pedal[1:] + [(1 << 30, 0)]):
            if down:
                pedal[max(0, t - first):max(0, following - first)] = 1
