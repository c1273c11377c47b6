"""Note sequences to render: performed music of the MIDI corpora, and generators for what music plays too rarely.

A sequence is (notes, pedal). notes: float array [n, 4] of onset s, key release s, MIDI note, velocity, sorted by
onset, no two notes of a key overlapping. pedal: list of (time s, down) of the sustain pedal, sorted.
"""
import csv
import subprocess
from pathlib import Path

import mido
import numpy as np

import voicing

# Composers and POP909 song numbers that training never sees.
HELD_OUT_COMPOSERS = ("Fauré, Gabriel", "Debussy, Claude", "Schumann, Clara", "Hensel, Fanny", "Mendelssohn, Felix",
                      "Wolf, Hugo", "Satie, Erik", "Joplin, Scott", "Elgar, Edward", "Chausson, Ernest")
HELD_OUT_POP = 15                   # every 15th song


def corpus(data, cache, held_out):
    """Rows (path, source, piano tracks) of the songs that are, or are not, held out; unpacks on first use."""
    folder = Path(cache) / "midi"
    for name in ("pop909", "lieder"):
        if not (folder / name).exists():
            folder.mkdir(parents=True, exist_ok=True)
            archive = Path(data).resolve() / "midi" / (name + ".tar.zst")
            subprocess.run(["tar", "--zstd", "-xf", str(archive)], cwd=folder, check=True)
    rows = []
    for row in csv.DictReader(open(Path(data) / "midi" / "manifest.csv", encoding="utf-8")):
        pop = row["source"] == "pop909"
        out = int(Path(row["file"]).stem) % HELD_OUT_POP == 0 if pop else row["composer"] in HELD_OUT_COMPOSERS
        if out == held_out and int(row["notes"]) > 80:
            rows.append((str(folder / row["file"]), pop, [int(t) for t in row["piano_tracks"].split()]))
    return rows


def read_tracks(path, tracks):
    """Notes [n, 4] and pedal changes of some tracks of a MIDI file, in seconds."""
    midi = mido.MidiFile(path)
    tempos = [(0, 500000)]
    events = []
    for index, track in enumerate(midi.tracks):
        tick = 0
        for message in track:
            tick += message.time
            if message.type == "set_tempo":
                tempos.append((tick, message.tempo))
            elif index in tracks and message.type in ("note_on", "note_off", "control_change"):
                events.append((tick, message))
    tempos.sort(key=lambda x: x[0])
    ticks = np.array([t for t, _ in tempos], float)
    rate = np.array([v for _, v in tempos], float) * 1e-6 / midi.ticks_per_beat
    starts = np.concatenate([[0.0], np.cumsum(np.diff(ticks) * rate[:-1])])

    def seconds(tick):
        at = np.searchsorted(ticks, tick, side="right") - 1
        return starts[at] + (tick - ticks[at]) * rate[at]

    notes, pedal, sounding = [], [], {}
    events.sort(key=lambda e: e[0])
    for tick, message in events:
        if message.type == "control_change":
            if message.control == 64:
                pedal.append((seconds(tick), message.value >= 64))
            continue
        key = (message.channel, message.note)
        if key in sounding:
            start, velocity = sounding.pop(key)
            notes.append((start, seconds(tick), message.note, velocity))
        if message.type == "note_on" and message.velocity > 0:
            sounding[key] = (seconds(tick), message.velocity)
    return np.array(sorted(notes), float).reshape(-1, 4), pedal


def tidy(notes, seconds):
    """Sort, keep the keyboard's range, end each note before the next of its key, drop repeats under 60 ms."""
    notes = notes[(notes[:, 2] >= 21) & (notes[:, 2] <= 108) & (notes[:, 0] >= 0.05) & (notes[:, 0] < seconds - 0.3)]
    notes = notes[np.lexsort((notes[:, 2], notes[:, 0]))]
    last, keep = {}, np.ones(len(notes), bool)
    for i, (onset, _, key, _) in enumerate(notes):
        j = last.get(key)
        if j is not None:
            if onset - notes[j, 0] < 0.06:
                keep[i] = False
                continue
            notes[j, 1] = min(notes[j, 1], onset - 0.02)
        last[key] = i
    notes[:, 1] = np.clip(np.maximum(notes[:, 1], notes[:, 0] + 0.03), None, seconds)
    velocity = notes[:, 3]
    notes[:, 3] = np.clip(np.round(np.where(velocity < 20, 20 - 0.3 * (20 - velocity), velocity)), 11, 124)
    return notes[keep]


def sustained(notes, pedal, seconds):
    """End of the sound of each note: key release, or the pedal's, never past the key's next onset."""
    times = np.array([t for t, _ in pedal])
    ends = notes[:, 1].copy()
    for i, end in enumerate(notes[:, 1]):
        at = int(np.searchsorted(times, end, side="right")) - 1
        if at >= 0 and pedal[at][1]:
            ups = [t for t, down in pedal[at + 1:] if not down]
            ends[i] = ups[0] if ups else seconds
    following = {}
    for i in range(len(notes) - 1, -1, -1):
        key = notes[i, 2]
        if key in following:
            ends[i] = min(ends[i], following[key])
        following[key] = notes[i, 0]
    return np.minimum(ends, seconds)


def smooth_curve(rng, times, periods=(2.0, 15.0)):
    """A slow random curve of unit size at the given times."""
    total = np.zeros_like(times)
    for _ in range(4):
        total += np.sin(2 * np.pi * times / rng.uniform(*periods) + rng.uniform(0, 2 * np.pi)) * rng.uniform(0.3, 1)
    return total / 1.6


def clusters(notes, gap=0.012):
    """Start indices of groups of notes struck together."""
    return np.flatnonzero(np.diff(notes[:, 0], prepend=-9) > gap)


def humanise(rng, notes):
    """Make a score's notes a performance: tempo, spread of chords, voicing, phrase dynamics, articulation."""
    warp = rng.uniform(0, 0.35) * smooth_curve(rng, notes[:, 0], (4, 20))
    length = notes[:, 1] - notes[:, 0]
    level = rng.uniform(48, 78) + rng.uniform(5, 18) * smooth_curve(rng, notes[:, 0])
    score_dynamics = rng.uniform(0.2, 0.8) * (notes[:, 3] - notes[:, 3].mean())
    top, bass, spread = rng.uniform(3, 16), rng.uniform(-4, 8), rng.choice([0.004, 0.012, 0.025])
    rolled, articulation = rng.uniform(0, 0.12), rng.uniform(0.55, 1.08)
    new = notes.copy()
    starts = clusters(notes)
    for a, b in zip(starts, np.append(starts[1:], len(notes))):
        order = np.argsort(notes[a:b, 2])
        late = rng.uniform(0, spread, b - a)
        if b - a > 2 and rng.random() < rolled:
            late[order] = np.arange(b - a) * rng.uniform(0.015, 0.06)
        velocity = level[a:b] + score_dynamics[a:b] + rng.normal(0, 4, b - a) + rng.normal(0, 3)
        velocity[order[-1]] += top
        velocity[order[0]] += bass
        new[a:b, 0] = notes[a:b, 0] + warp[a:b] + late + rng.normal(0, 0.006)
        new[a:b, 3] = velocity
    new[:, 1] = new[:, 0] + np.maximum(0.05, length * articulation * rng.uniform(0.85, 1.1, len(new)))
    return new


def invent_pedal(rng, notes):
    """Pedal changes with the harmony: lift at a new bass note, down again a little later."""
    pedal, last, gap = [], -9.0, rng.uniform(0.4, 2.5)
    syncopated = rng.random() < 0.7
    for a in clusters(notes):
        onset = notes[a, 0]
        if onset - last < gap or notes[a, 2] > 64:
            continue
        last = onset
        if rng.random() < 0.12:                       # a dry passage
            pedal.append((max(0.0, onset - 0.01), False))
            continue
        lift = onset + (rng.uniform(-0.02, 0.06) if syncopated else -rng.uniform(0.05, 0.2))
        pedal += [(max(0.0, lift), False), (max(0.0, lift) + rng.uniform(0.05, 0.18), True)]
    pedal.sort()
    return pedal


def set_dynamics(rng, notes):
    """Move the loudness of a take, so that soft and loud playing are both common."""
    v = notes[:, 3]
    target = rng.uniform(18, 42) if rng.random() < 0.25 else rng.uniform(38, 88)
    spread = rng.uniform(0.7, 1.5)
    notes[:, 3] = target + (v - v.mean()) * spread + rng.normal(0, 2, len(v))


def double_octaves(rng, notes):
    """Double some notes at the octave, as bass and melody in octaves do."""
    pick = notes[rng.random(len(notes)) < rng.uniform(0.1, 0.6)].copy()
    pick[:, 2] += np.where(pick[:, 2] < 60, -12, 12) * np.where(rng.random(len(pick)) < 0.9, 1, -1)
    pick[:, 0] += rng.normal(0, 0.006, len(pick))
    pick[:, 3] += rng.normal(0, 7, len(pick))
    return np.concatenate([notes, pick])


def performed(rng, songs, seconds, plain=False, voiced=0.0):
    """A stretch of real music: transposed, in another tempo, humanised where it comes from a score; unless plain, with octaves
    doubled and the loudness moved in some. voiced: how often one voice is brought out; a third of these are detached as well."""
    while True:
        path, pop, tracks = songs[rng.integers(len(songs))]
        notes, pedal = read_tracks(path, {1, 2, 3} if pop and rng.random() < 0.15 else set(tracks))
        if len(notes) < 60:
            continue
        stretch = 1 / rng.uniform(0.85, 1.2)
        start = rng.uniform(0, max(0.0, notes[-1, 0] * stretch - seconds))
        notes[:, :2] = notes[:, :2] * stretch - start
        pedal = [(t * stretch - start, down) for t, down in pedal]
        inside = (notes[:, 0] > 0.05) & (notes[:, 0] < seconds - 0.3)
        if inside.sum() < 20:
            continue
        notes = notes[inside]
        break
    notes[:, 2] += rng.integers(-5, 6)
    if not plain and rng.random() < 0.2:              # the left hand an octave down
        notes[notes[:, 2] < rng.integers(50, 62), 2] -= 12
    if not pop:
        notes = humanise(rng, notes[np.argsort(notes[:, 0])])
        notes = notes[np.argsort(notes[:, 0])]
    if voiced and rng.random() < voiced:
        notes = notes[np.argsort(notes[:, 0])]
        voicing.voice(rng, notes)
        if rng.random() < 0.3:
            voicing.shorten(rng, notes)
    if not plain:
        if rng.random() < 0.25:
            notes = double_octaves(rng, notes)
        set_dynamics(rng, notes)
    notes = tidy(notes, seconds)
    before = [down for t, down in pedal if t <= 0][-1:]
    pedal = [(0.0, d) for d in before] + [(t, d) for t, d in pedal if 0 < t < seconds]
    choice = rng.random()
    if len(pedal) < seconds / 10:
        pedal = invent_pedal(rng, notes) if choice < 0.75 else []
    elif choice < 0.1:
        pedal = []
    return notes, pedal


def random_key(rng, low_share=0.35):
    return int(rng.integers(21, 49) if rng.random() < low_share else rng.integers(21, 109))


def generated(rng, seconds):
    """Short episodes of one kind of playing each, over the whole range."""
    notes, t = [], 0.2
    while t < seconds - 1:
        kind = rng.choice(["single", "chord", "octave", "repeat", "scale", "trill", "dense", "arpeggio"],
                          p=[.15, .18, .15, .12, .1, .07, .13, .1])
        soft = rng.uniform(12, 40) if rng.random() < 0.4 else rng.uniform(35, 105)
        step = rng.uniform(0.06, 0.5)
        key = random_key(rng)
        for _ in range(int(rng.integers(4, 16))):
            velocity, length = soft + rng.normal(0, 8), step * rng.uniform(0.3, 2.5)
            if kind == "single":
                keys, key = [key], random_key(rng)
            elif kind == "chord":
                keys = key + np.cumsum(rng.integers(1, 8, int(rng.integers(2, 6))))
                key = random_key(rng)
            elif kind == "dense":
                keys = np.cumsum(rng.integers(2, 13, int(rng.integers(5, 9)))) + rng.integers(21, 50)
            elif kind == "octave":
                keys, key = [key, key + 12] + ([key + 24] if rng.random() < 0.2 else []), random_key(rng)
            elif kind == "scale":
                keys, key = [key], key + int(rng.choice([-2, -1, 1, 2])) * (1 if rng.random() < 0.2 else 1)
                length = step
            elif kind == "trill":
                keys, key = [key], key + (2 if rng.random() < 0.5 else -2)
                step = min(step, rng.uniform(0.07, 0.14))
            elif kind == "arpeggio":
                keys, key = [key], key + int(rng.integers(2, 8))
                length = step * rng.uniform(1, 8)
            else:
                keys, length = [key], step * rng.uniform(0.3, 0.95)
                step = max(step, 0.08)
            for k in keys:
                notes.append((t + rng.uniform(0, 0.012), t + max(0.04, length), k, velocity + rng.normal(0, 5)))
            t += step * (rng.uniform(0.8, 1.2) if kind != "repeat" else 1)
        t += rng.uniform(0, 1.0)
    notes = tidy(np.array(notes, float), seconds)
    return notes, invent_pedal(rng, notes) if rng.random() < 0.5 else []


def sequence(rng, songs, seconds, performed_share=0.8, plain=False, voiced=0.0):
    if rng.random() < performed_share:
        return performed(rng, songs, seconds, plain, voiced)
    return generated(rng, seconds)
