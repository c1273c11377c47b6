#!/usr/bin/python3
"""What the evidence of the ear is worth: the thresholds in src/practice/judge_doubt.c come from this.

    likelihoods.py TELL_EVIDENCE SCORES... --render A,B --data FOLDER --cache FOLDER --sounds FOLDER [--seed N --first N --students N]

For notes of the score that simulated students struck and for those that they left out or struck wrong: the share whose trace
stays below a probability, by what else may be in it. Takes students that no test has: other scores, --seed and --first.
"""
import argparse
import random
import subprocess
import tempfile
from pathlib import Path

import numpy as np

import evaluate
import render
from student import Student

KEYS, FIRST = 88, 21
LIMITS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.35, 0.5)
PARTIALS = (12, 19, 24, 28, 31, 36)


class Told(Student):
    """Keeps what became of each note at each visit: (time, pitch, state)."""

    def play_note(self, time, note, plan):
        before = len(self.played)
        state = super().play_note(time, note, plan)
        at = self.played[-1][0] if state == "hit" and len(self.played) > before else time
        self.__dict__.setdefault("visits", []).append((at, note["pitch"], state))
        return state


def kind_of(at, pitch, times, pitches):
    if ((pitches == pitch) & (at - times < 0.2) & (at - times > 0.001)).any():
        return "repeated"
    below = sum(pitch - p in PARTIALS for p in set(pitches[np.abs(times - at) < 0.06]))
    if below == 0 and ((pitches == pitch) & (at - times < 0.4) & (at - times > 0.001)).any():
        return "lingering"
    return ("plain", "masked", "masked more")[min(below, 2)]


def peak(hops, at, pitch):
    """The largest probability of an onset within 70 ms."""
    times, settled, age = hops
    i, j = np.searchsorted(times, (at - 0.07, at + 0.18))
    key = pitch - FIRST
    near = np.abs(times[i:j] - age[i:j, key].clip(0, 0.2) - at) <= 0.07
    return settled[i:j, key][near].max(initial=0.0)


def hear(program, sound):
    raw = np.frombuffer(subprocess.run([program, str(sound)], check=True, stdout=subprocess.PIPE).stdout, np.uint8)
    raw = raw.reshape(-1, 8 + 8 * KEYS)
    values = raw[:, 8:].copy().view(np.float32).reshape(-1, 2, KEYS)
    return raw[:, :8].copy().view(np.float64)[:, 0], values[:, 0], values[:, 1]


def gather(args, spec, found):
    args.render = spec
    renderer = render.renderer(spec, args.data, args.cache)
    files = evaluate.scores_of(args.scores)
    random.Random(args.seed).shuffle(files)
    for number, path in enumerate(files[:args.students], args.first):
        student = evaluate.make(path, args.seed * 1000 + number, args.seconds, {})
        if student is None:
            continue
        with tempfile.TemporaryDirectory() as folder:
            hops = hear(args.program, evaluate.sound(args, number, path, Path(folder), renderer, student))
        times, pitches = (np.array([n[i] for n in student.played]) for i in (0, 2))
        for at, pitch, state in student.visits:
            if state in ("hit", "missed", "wrong"):
                key = (kind_of(at, pitch, times, pitches), state == "hit")
                found.setdefault(key, []).append(peak(hops, at, pitch))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("scores", nargs="+")
    parser.add_argument("--render", required=True)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--first", type=int, default=100)
    parser.add_argument("--students", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=60)
    for name in ("data", "cache", "sounds"):
        parser.add_argument("--" + name, type=Path, required=name == "sounds")
    args = parser.parse_args()
    evaluate.Student = Told
    for spec in args.render.split(","):
        found = {}
        gather(args, spec, found)
        print(spec, "  share below:", *LIMITS)
        for kind in ("plain", "lingering", "masked", "masked more", "repeated"):
            for struck in (True, False):
                values = np.array(found.get((kind, struck), [np.nan]))
                print("  %-12s %-11s %5d  " % (kind, "struck" if struck else "not struck", len(values)),
                      *("%.4f" % (values < limit).mean() for limit in LIMITS))


if __name__ == "__main__":
    main()
