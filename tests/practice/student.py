"""Simulated students: a score performed with rubato, drift and scripted mistakes, and the truth about it."""
import math
import random


class Student:
    """Plays chords (lists of notes as midi.Score has them) and keeps what really happened.

    played: (onset, offset, pitch, velocity), by onset.
    truth:  {(beat, pitch): state of the last visit}, state one of hit, early, late, missed, wrong, skipped (with its bar).
    extras: (time, pitch) of keys struck besides; wrong: of those struck in place of others.
    path:   (time, score seconds, index of chord, gap) per visited chord; gap is true where the music paused before it.
    """

    def __init__(self, seed, chords, bar_of, seconds=60.0, drift=0.3, rubato=0.05, jitter=0.012, spread=0.008,
                 mistakes=0.06, stumble_every=18.0, skips=1, returns=1, rate=None):
        self.random = random.Random(seed)
        self.chords, self.bar_of = chords, bar_of
        self.seconds, self.drift, self.rubato = seconds, drift, rubato
        self.jitter, self.spread, self.mistakes = jitter, spread, mistakes
        self.stumble_every, self.skips, self.returns = stumble_every, skips, returns
        self.base_rate = rate or math.exp(self.random.uniform(math.log(0.75), math.log(1.1)))
        self.phase, self.period = self.random.uniform(0, 2 * math.pi), self.random.uniform(40, 90)
        self.played, self.truth, self.path, self.extras, self.wrong, self.breaks = [], {}, [], [], [], []
        self.planted = {}

    def rate(self, time):
        """Score seconds per second: a slow drift and rubato."""
        slow = math.sin(2 * math.pi * time / self.period + self.phase)
        fast = math.sin(2 * math.pi * time / 3.7 + 2 * self.phase)
        return self.base_rate * math.exp(math.log(1 + self.drift) * slow + self.rubato * fast)

    def strike(self, time, pitch, note, velocity=None):
        r = self.random
        loud = velocity or min(115, max(25, note["velocity"] * 0.6 + 28 + r.gauss(0, 6)))
        length = max(0.08, note["length"] / self.base_rate * r.uniform(0.7, 1.0))
        self.played.append((time, time + length, pitch, int(loud)))

    def play_note(self, time, note, plan):
        """One note of a visited chord, right or with a planned mistake; returns its truth."""
        r = self.random
        at = time + r.uniform(-self.spread, self.spread)
        if plan == "missed":
            return "missed"
        if plan == "wrong":
            wrong = note["pitch"] + r.choice([-2, -1, 1, 2])
            if any(abs(p[2] - wrong) == 0 and abs(p[0] - time) < 0.5 for p in self.played[-12:]):
                wrong = note["pitch"] + 3
            self.strike(at, wrong, note)
            self.wrong.append((at, wrong))
            return "wrong"
        if plan in ("early", "late"):
            self.strike(at + (1 if plan == "late" else -1) * r.uniform(0.15, 0.25), note["pitch"], note)
            return plan
        self.strike(at, note["pitch"], note)
        return "hit"

    def plan(self, index):
        """Which note of a chord is to go wrong, and how; mistakes keep some distance."""
        chord, r = self.chords[index], self.random
        if self.since_mistake < 3 or r.random() > self.mistakes * min(len(chord), 2):
            return None, None
        gap = self.gap(index)
        kinds = ["missed", "wrong", "extra"] + (["early", "late"] if gap > 0.3 else [])
        return r.randrange(len(chord)), r.choice(kinds)

    def gap(self, index):
        """Seconds in the score to the nearer neighbour."""
        here = self.chords[index][0]["seconds"]
        gaps = [abs(self.chords[i][0]["seconds"] - here) for i in (index - 1, index + 1) if 0 <= i < len(self.chords)]
        return min(gaps) if gaps else 1.0

    def visit(self, time, index, paused):
        which, kind = self.plan(index)
        if index in self.quiet:
            which, kind = None, None
        self.since_mistake = 0 if kind else self.since_mistake + 1
        chord = self.chords[index]
        for i, note in enumerate(chord):
            state = self.play_note(time, note, kind if i == which else None)
            self.truth[(note["beat"], note["pitch"])] = state
        if kind == "extra":
            pitch = max(21, min(108, chord[which]["pitch"] + self.random.choice([-11, -6, -4, 4, 6, 11])))
            if all(n["pitch"] != pitch for i in range(max(0, index - 3), min(len(self.chords), index + 4)) for n in self.chords[i]):
                at = time + 0.5 * self.gap(index) / self.base_rate * self.random.uniform(0.3, 0.7)
                self.strike(at, pitch, chord[which])
                self.extras.append((at, pitch))
        self.path.append((time, chord[0]["seconds"], index, paused))

    def perform(self):
        r, chords = self.random, self.chords
        time, index, self.since_mistake, self.quiet = 1.0, 0, 0, set()
        next_stumble = time + r.uniform(0.5, 1.2) * self.stumble_every
        skip_at = sorted(r.uniform(8, self.seconds - 8) for _ in range(self.skips))
        return_at = sorted(r.uniform(0.4 * self.seconds, self.seconds - 10) for _ in range(self.returns))
        self.visit(time, index, True)
        while index + 1 < len(chords) and time < self.seconds:
            step = (chords[index + 1][0]["seconds"] - chords[index][0]["seconds"]) / self.rate(time)
            target, paused = index + 1, False
            if time > next_stumble and index > 4:
                target, pause = self.stumble(index)
                step, paused = step + pause, True
                next_stumble = time + r.uniform(0.6, 1.4) * self.stumble_every
                self.breaks.append(("stumble" if target <= index else "hesitation", time + step, index, target))
            elif skip_at and time > skip_at[0] and self.bar_start(index + 1):
                skip_at.pop(0)
                target = self.skip(index + 1)
                if target > index + 1:
                    self.breaks.append(("skip", time + step, index, target))
                    paused = True
            elif return_at and time > return_at[0]:
                return_at.pop(0)
                target, paused, step = 0, True, step + r.uniform(0.3, 1.5)
                self.breaks.append(("return", time + step, index, target))
            time += max(0.03, step + r.gauss(0, self.jitter))
            if target != index + 1:
                self.quiet = set(range(target, target + 4))
                self.since_mistake = 0
            index = target
            self.visit(time, index, paused)
        self.played.sort()
        return self

    def stumble(self, index):
        """Stops, and goes on, repeats the last chord, or goes back to the bar's start."""
        r = self.random
        pause = r.uniform(0.5, 1.5)
        kind = r.random()
        if kind < 0.25:
            return index + 1, pause
        if kind < 0.5:
            return max(0, index - r.randrange(0, 3)), pause
        bar = self.bar_of(self.chords[index][0]["beat"])[0]
        back = index
        while back > 0 and self.chords[back - 1][0]["beat"] >= bar - 1e-6:
            back -= 1
        return back, pause

    def bar_start(self, index):
        return index < len(self.chords) and abs(self.bar_of(self.chords[index][0]["beat"])[0] - self.chords[index][0]["beat"]) < 1e-6

    def skip(self, index):
        """The first chord of the next bar; the notes between are left out."""
        start, length = self.bar_of(self.chords[index][0]["beat"])
        target = index
        while target < len(self.chords) and self.chords[target][0]["beat"] < start + length - 1e-6:
            target += 1
        if target >= len(self.chords) - 4:
            return index
        for i in range(index, target):
            for note in self.chords[i]:
                self.truth[(note["beat"], note["pitch"])] = "skipped"
        return target
