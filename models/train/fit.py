#!/usr/bin/python3
"""Fit the decoder's parameters on the takes of sets `fit`, `fit_plain` and `fit_voiced` (training pianos, held-out sequences):
CACHE/NAME/parameters.json.

    fit.py [--checkpoint CACHE/piano/last.pt]

Thresholds are searched on all, register by register and for every prefix of the deadline list: the best onset F1 at 50 ms, less a
little for every millisecond of latency. Shifts are medians; the offset level and shift are searched on a grid, on `fit` and `fit_half`:
rooms and dampers that are all mild would draw them there. The pedal's probabilities are searched on all, for the F1 of its presses and half
as much for the share of the frames in which it is right.
"""
import argparse
import ctypes
import itertools
import json
from pathlib import Path

import numpy as np
import torch

import decode
import fast
import features
import pedal
from net import FIRST_KEY, KEYS

GRID = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.84, 0.88, 0.91, 0.94, 0.96, 0.98, decode.INF)
OFF_LEVELS = (0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6)
LATENCY_PRICE = 0.0004              # F1 for a millisecond


class Take:
    """Outputs of the net for a take, and its notes per key."""

    def __init__(self, p, labels):
        self.p, notes = p, labels["notes"].astype(float)
        self.notes = notes
        self.pedal = labels["pedal"]
        self.truth = [notes[notes[:, 3] == k + FIRST_KEY, 0] for k in range(KEYS)]


def outputs(library, checkpoint, listener, folder, kind):
    weights, takes, quick = torch.load(checkpoint)["average"], [], None
    for path in sorted(Path(folder).glob(kind + "*.npz")):
        values = torch.from_numpy(np.load(path.with_suffix(".npy")).astype(np.float32) / 64 - 1)
        level = torch.from_numpy(np.stack(features.levels(values.numpy()), 1))
        quick = quick or fast.FastNet(library, 1, len(values), train=False)
        logits = quick.forward(weights, values, level).numpy()
        takes.append(Take(decode.probabilities(logits, pedal.hear(listener, quick.x["h2"])), np.load(path)))
    return takes


def matches(truth, found, tolerance):
    """Pairs (i, j) of two sorted time lists, in order, each used once."""
    pairs, i, j = [], 0, 0
    while i < len(truth) and j < len(found):
        if abs(truth[i] - found[j]) <= tolerance:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif found[j] < truth[i]:
            j += 1
        else:
            i += 1
    return pairs


def fired(take, key, theta, parameters):
    """Frames and heads of the fires of a key."""
    ratios = take.p["onset"][:, key] / np.array(theta, np.float32)
    best = ratios.max(1)
    hits = decode.fires(best, parameters["rearm_level"], parameters["rearm_frames"]) if best.max() >= 1 else []
    return np.array(hits, int), ratios[hits].argmax(1) if len(hits) else np.zeros(0, int)


class Register:
    """The candidates and onsets of some keys over all takes, laid out for kernels_fit.c."""

    def __init__(self, library, takes, keys, price):
        self.library, self.price, first, frames, values, ages, start, truth = library, price, [0], [], [], [], [0], []
        for take in takes:
            for key in keys:
                p = take.p["onset"][:, key]
                at = np.flatnonzero(p.max(1) > 0.45 * GRID[0])
                frames.append(at)
                values.append(p[at])
                ages.append(take.p["age"][at, key])
                first.append(first[-1] + len(at))
                truth.append(take.truth[key])
                start.append(start[-1] + len(take.truth[key]))
        self.count = len(first) - 1
        self.arrays = [np.array(first, np.int32), np.concatenate(frames).astype(np.int32),
                       np.ascontiguousarray(np.concatenate(values), np.float32),
                       np.concatenate(ages).astype(np.float32), np.array(start, np.int32), np.concatenate(truth)]

    def judge(self, theta, parameters):
        """Value of a threshold vector: F1 less the latency's price; and F1, mean latency in ms."""
        where = lambda a: ctypes.c_void_p(a.ctypes.data)
        limits = np.array([1e30 if t == decode.INF else t for t in theta], np.float32)
        out = np.zeros(3)
        self.library.judge(self.count, *(where(a) for a in self.arrays), where(limits),
                           ctypes.c_float(parameters["rearm_level"]), parameters["rearm_frames"], ctypes.c_double(0.05), where(out))
        f1, latency = 2 * out[0] / max(1, out[1] + len(self.arrays[5])), 1000 * out[2] / max(1, out[0])
        return f1 - self.price * latency, f1, latency


def fit_thresholds(library, takes, parameters, price):
    for register in range(4):
        data = Register(library, takes, np.flatnonzero(decode.REGISTER == register), price)
        for prefix in range(3, -1, -1):
            start = [parameters["thresholds"][prefix][d][register] for d in range(4)]
            best, cost = start, data.judge(start, parameters)
            for _ in range(3):
                for d in range(prefix, -1, -1):
                    for value in GRID:
                        trial = [value if i == d else x for i, x in enumerate(best)]
                        result = data.judge(trial, parameters)
                        if min(trial) < decode.INF and result[0] > cost[0]:
                            best, cost = trial, result
            for d in range(4):
                parameters["thresholds"][prefix][d][register] = best[d]
            print("register %d, deadlines 1-%d: %s  F1 %.4f, latency %.1f ms" % (register, prefix + 1, best, cost[1], cost[2]), flush=True)


def matched_notes(take, parameters):
    """Per found note of a take: its key, fire frame, next fire, and the true onset, key release and end of sound."""
    rows = []
    for key in range(KEYS):
        theta = np.array(parameters["thresholds"])[3][:, decode.REGISTER[key]]
        frames, _ = fired(take, key, theta, parameters)
        onsets = (frames + 1) * 0.01 - take.p["age"][frames, key]
        notes = take.notes[take.notes[:, 3] == key + FIRST_KEY]
        for i, j in matches(notes[:, 0], onsets, 0.05):
            rows.append((take, key, frames[j], frames[j + 1] if j + 1 < len(frames) else None, *notes[i, :3]))
    return rows


def end_errors(rows, heard_of, level, guard, sustain):
    """Decided less true ends, and their tolerances: of the sound, or with sustain of the key where its release ends the sound.
    heard_of: for each take what decides, [frames, 88]."""
    errors, spans = [], []
    for take, key, t, following, onset, release, end in rows:
        if sustain and end - release > 0.02:
            continue
        heard, true = heard_of[take][:, key], release if sustain else end
        stop = len(heard) if following is None else following + 1
        off = decode.note_end(heard, t, stop, level, guard)
        errors.append(((off if off is not None else stop - 1) + 1) * 0.01 - true)
        spans.append(max(0.05, 0.2 * (true - onset)))
    return np.array(errors), np.array(spans)


def fit_offsets(takes, parameters):
    """One level and shift for both ways of ending notes, the sound's counting twice, and how much the key's release counts for the
    sound's: the most ends within mir_eval's tolerance."""
    rows = [row for take in takes for row in matched_notes(take, parameters)]
    best, guard = (0, None, None), parameters["off_guard_frames"]
    held = {take: take.p["held"] for take in takes}
    by_key = {level: end_errors(rows, held, level, guard, True) for level in OFF_LEVELS}
    for weight in (0.0, 0.15, 0.3, 0.45):
        ringing = {take: decode.ringing(take.p, weight) for take in takes}
        for level in OFF_LEVELS:
            ways = end_errors(rows, ringing, level, guard, False), by_key[level]
            for shift in range(0, 90, 10):
                shares = [np.mean(np.abs(errors - shift / 1000) <= spans) for errors, spans in ways]
                best = max(best, (2 * shares[0] + shares[1], shares, (level, weight, float(shift))))
    parameters["off_level"], parameters["off_held"], parameters["off_shift_ms"] = best[2]
    print("offsets: level %.2f, %.2f by the key, shift %.0f ms; of the matched notes %.3f (sound), %.3f (key)" % (*best[2], *best[1]))


def pedal_state(events, count):
    """Rows that begin with time, down -> down per frame."""
    state = np.zeros(count, bool)
    for time, down, *_ in events:
        state[int(time * 100):] = bool(down)
    return state


def fit_pedal(takes, parameters):
    """Searched on a grid: F1 of the presses, and half as much the share of the frames in which the pedal is right."""
    truth = [[float(t) for t, down in take.pedal if down] for take in takes]
    states = [pedal_state(take.pedal, len(take.p["pedal"])) for take in takes]
    sounding = [decode.sounding_frames(take.p, parameters) for take in takes]

    best = (0, None)
    for pressed, released, on in itertools.product((0.18, 0.22, 0.26, 0.3), (0.4, 0.5, 0.6), (0.6, 0.7)):
        trial = dict(parameters, pedal_pressed=pressed, pedal_released=released, pedal_on=on)
        found = [decode.pedal_changes(take.p["pedal"], some, trial) for take, some in zip(takes, sounding)]
        score = pedal.presses_f1(truth, [[t for t, down, _ in f if down] for f in found])
        right = np.mean([np.mean(pedal_state(f, len(s)) == s) for f, s in zip(found, states)])
        best = max(best, (score[0] + 0.5 * right, trial, found, score, right), key=lambda b: b[0])
    _, trial, found, score, right = best
    parameters.update(trial)
    for name, wanted in (("pedal_pressed_delay_ms", True), ("pedal_released_delay_ms", False)):
        pairs = [(t, [h for h, d, _ in heard if d == wanted]) for take, heard in zip(takes, found) for t, d in take.pedal if bool(d) == wanted]
        late = [min((h - t for h in heard), key=abs) for t, heard in pairs if heard]
        parameters[name] += round(1000 * float(np.median([x for x in late if abs(x) < 0.1])), 1)
    print("pedal: pressed %.2f, released %.2f, on %.2f, delays %.0f and %.0f ms; presses: F1 %.3f, precision %.3f, recall %.3f; right in %.3f of the frames"
          % (*(parameters["pedal_" + name] for name in ("pressed", "released", "on", "pressed_delay_ms", "released_delay_ms")),
             *score, right), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", default="piano")
    parser.add_argument("--out", help="default CACHE/NAME/parameters.json")
    parser.add_argument("--checkpoint")
    parser.add_argument("--pedal", help="the pedal's listener, default CACHE/NAME/pedal.pt")
    parser.add_argument("--price", type=float, default=LATENCY_PRICE, help="F1 that a millisecond of latency may cost")
    parser.add_argument("--cache", default="cache")
    args = parser.parse_args()
    torch.set_num_threads(3)
    folder = Path(args.cache) / args.name
    library = fast.load()
    checkpoint, eval_folder = args.checkpoint or folder / "last.pt", Path(args.cache) / "eval"
    listener = torch.load(args.pedal or folder / "pedal.pt")["weights"]
    takes = outputs(library, checkpoint, listener, eval_folder, "fit-")
    mild = [take for kind in ("fit_plain-", "fit_voiced-") for take in outputs(library, checkpoint, listener, eval_folder, kind)]
    parameters = decode.defaults()
    for _ in range(2):
        fit_thresholds(library, takes + mild, parameters, args.price)
    fit_offsets(takes + outputs(library, checkpoint, listener, eval_folder, "fit_half-"), parameters)
    fit_pedal(takes + mild, parameters)
    Path(args.out or folder / "parameters.json").write_text(json.dumps(parameters) + "\n")


if __name__ == "__main__":
    main()
