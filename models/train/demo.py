#!/usr/bin/python3
"""Make assets/demo.flac and assets/demo.mid: half a minute of Fanny Hensel's Wanderlied, the voice played by the piano too.

The piece is held out from training and so is the piano (Salamander). 44.1 kHz stereo, a light room.
"""
import argparse
import csv
from pathlib import Path

import mido
import numpy as np
import soundfile
from scipy.signal import butter, fftconvolve, resample_poly, sosfilt

import sampler
import sequences

SONG, PIANO_TRACKS, VOICE_TRACK, FIRST, SECONDS = "lieder/lc5004632.mid", {2, 3}, {1}, 0.0, 29.0
RATE, LENGTH = 32000, 31.5


def performance(path, rng):
    accompaniment, _ = sequences.read_tracks(path, PIANO_TRACKS)
    voice, _ = sequences.read_tracks(path, VOICE_TRACK)
    voice[:, 3] = accompaniment[:, 3].mean() + 22
    notes = np.concatenate([accompaniment, voice])
    notes = notes[(notes[:, 0] >= FIRST) & (notes[:, 0] < FIRST + SECONDS)]
    notes[:, :2] += 0.4 - FIRST
    notes = notes[np.lexsort((notes[:, 2], notes[:, 0]))]
    level = 58 + 8 * np.sin(2 * np.pi * notes[:, 0] / 9.0) + 6 * np.sin(2 * np.pi * notes[:, 0] / 4.1)
    high = notes[:, 3] > accompaniment[:, 3].mean() + 20
    notes[:, 3] = level + np.where(high, 24, 0) + rng.normal(0, 3, len(notes))
    late = rng.normal(0, 0.006, len(notes)) + np.where(high, 0, 0.006)
    length = notes[:, 1] - notes[:, 0]
    notes[:, 0] += late
    notes[:, 1] = notes[:, 0] + length * np.where(high, 0.98, 0.85)
    notes = sequences.tidy(notes, LENGTH - 1.0)
    return notes, [(t, d) for t, d in sequences.invent_pedal(np.random.default_rng(4), notes)]


def read_piano(data):
    folder, table = Path(data) / "pianos" / sampler.UNSEEN, []
    for row in csv.DictReader(open(folder / "manifest.csv", encoding="utf-8")):
        audio, _ = soundfile.read(folder / row["file"], dtype="float32")
        table.append((int(row["midi_note"]), int(row["velocity_lo"]), int(row["velocity_hi"]), audio))
    return table


def play(table, notes, ends):
    left, right = np.zeros(int(LENGTH * RATE)), np.zeros(int(LENGTH * RATE))
    for (onset, _, key, velocity), end in zip(notes, ends):
        fits = [t for t in table if t[1] <= velocity <= t[2]]
        note, _, high, audio = min(fits, key=lambda t: abs(t[0] - key))
        ratio = 2.0 ** ((key - note) / 12)
        first = int((onset - sampler.PRE_ROLL) * RATE)
        tau = 0.05 + 0.15 * max(0.0, (60 - key) / 39)
        count = int(min((end - onset) * RATE + 5 * tau * RATE, (len(audio) - 4) / ratio, len(left) - first))
        positions = sampler.PRE_ROLL * RATE * (1 - ratio) + np.arange(count) * ratio
        sound = sampler.cubic(audio, np.clip(positions, 0, None)) * 10 ** (45 * np.log10(velocity / high) / 20)
        stop = int((end - onset + sampler.PRE_ROLL) * RATE)
        sound[stop:] *= np.exp(-np.arange(max(0, count - stop)) / (tau * RATE))
        pan = np.clip(0.5 + (key - 64) / 160, 0.25, 0.75)
        left[first:first + count] += sound * np.cos(pan * np.pi / 2)
        right[first:first + count] += sound * np.sin(pan * np.pi / 2)
    return np.stack([left, right], 1)


def room(rng, dry):
    t = np.arange(int(0.9 * RATE)) / RATE
    wet = []
    for channel in range(2):
        tail = sosfilt(butter(1, [200, 5000], "bandpass", fs=RATE, output="sos"), rng.standard_normal(len(t))) * 10 ** (-3 * t / 0.8)
        tail[:int(0.012 * RATE)] = 0
        wet.append(fftconvolve(dry[:, channel], tail / np.sqrt(np.sum(tail ** 2)))[:len(dry)])
    return dry + 0.2 * np.stack(wet, 1)


def write_midi(path, notes, pedal):
    events = [(t, 0, mido.Message("control_change", control=64, value=127 if d else 0)) for t, d in pedal]
    for onset, release, key, velocity in notes:
        events.append((onset, 2, mido.Message("note_on", note=int(key), velocity=int(velocity))))
        events.append((release, 1, mido.Message("note_off", note=int(key), velocity=0)))
    midi, track, last = mido.MidiFile(ticks_per_beat=480), mido.MidiTrack(), 0
    for time, _, message in sorted(events, key=lambda e: e[:2]):
        tick = round(time * 960)
        track.append(message.copy(time=tick - last))
        last = tick
    midi.tracks.append(track)
    midi.save(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="../shared/data")
    parser.add_argument("--cache", default="cache")
    parser.add_argument("--out", default=str(Path(__file__).resolve().parent.parent.parent / "assets"))
    args = parser.parse_args()
    rng = np.random.default_rng(12)
    sequences.corpus(args.data, args.cache, held_out=True)
    notes, pedal = performance(Path(args.cache) / "midi" / SONG, rng)
    ends = sequences.sustained(notes, pedal, LENGTH)
    audio = room(rng, play(read_piano(args.data), notes, ends))
    audio = resample_poly(audio, 441, 320)
    fade = int(1.2 * 44100)
    audio[-fade:] *= np.linspace(1, 0, fade)[:, None]
    audio *= 0.7 / np.max(np.abs(audio))
    soundfile.write(Path(args.out) / "demo.flac", audio, 44100, subtype="PCM_16")
    write_midi(Path(args.out) / "demo.mid", notes, pedal)
    print("%d notes" % len(notes))


if __name__ == "__main__":
    main()
