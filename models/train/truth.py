#!/usr/bin/python3
"""How well the truth of real recordings fits their sound: lone notes, three times each.

    truth.py [--data FOLDER] [--program build/standalone/cochlea] [--below VELOCITY]

For every note that is struck alone (no other onset within 80 ms) and heard: when the energy of its first two partials rises
fastest, when the truth has it, and when the program puts it. Prints, for each recording, the median distances after the one
shift of the recording (its medians) is taken off: what truth and sound differ by, no transcriber can be better than.
"""
import argparse
from pathlib import Path

import numpy as np
import soundfile
from mir_eval.transcription import match_notes
from scipy.ndimage import uniform_filter1d
from scipy.signal import butter, sosfiltfilt

import evaluate
import score

LOWEST = 55                         # below, bands of a semitone are too narrow to tell 20 ms apart


def rise(audio, rate, onset, key):
    """Time from the onset (s) at which the energy of the first two partials rises fastest within 150 ms."""
    first = int((onset - 0.3) * rate)
    part = audio[first:first + int(0.6 * rate)]
    energy = 0
    for partial in (1, 2):
        frequency = partial * 440 * 2 ** ((key - 69) / 12)
        if frequency < 0.4 * rate:
            band = butter(2, [frequency * 0.965, frequency * 1.035], "bandpass", fs=rate, output="sos")
            energy = energy + uniform_filter1d(sosfiltfilt(band, part) ** 2, int(0.008 * rate))
    step = int(0.02 * rate)
    level = np.log(energy + 1e-12)
    slope = level[step:] - level[:-step]
    time = (np.arange(len(slope)) + step / 2) / rate - 0.3
    near = np.abs(time) < 0.15
    return time[near][np.argmax(slope[near])]


def compare(audio_path, notes, below):
    """Columns: rise - truth, note - truth in ms of every lone note softer than `below`."""
    truth = evaluate.read_truth(str(audio_path.with_suffix(".tsv")))
    audio, rate = soundfile.read(audio_path)
    reference, pitches, _ = score.arrays(truth)
    found, found_pitches, _ = score.arrays(notes)
    rows = []
    for i, j in match_notes(reference, pitches, found, found_pitches, onset_tolerance=0.12, offset_ratio=None):
        onset, _, key, velocity = truth[i][:4]
        alone = np.sum(np.abs(reference[:, 0] - onset) < 0.08) == 1
        if alone and velocity < below and key >= LOWEST and 0.5 < onset < len(audio) / rate - 0.5:
            rows.append((1000 * rise(audio, rate, onset, key), 1000 * (notes[j][0] - onset)))
    return np.array(rows).reshape(-1, 2)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="../shared/data")
    parser.add_argument("--program", default="build/standalone/cochlea")
    parser.add_argument("--below", type=int, default=40)
    args = parser.parse_args()
    for path in sorted((Path(args.data) / "valid" / "piano_real").glob("*.flac")):
        rows = compare(path, evaluate.by_program(args.program, str(path), []), args.below)
        if len(rows) < 10:
            continue
        sound, note = (rows - np.median(rows, axis=0)).T
        spread = lambda x: np.median(np.abs(x))
        print("%-28s %3d notes; ms: truth - sound %2.0f, truth - note %2.0f, sound - note %2.0f" % (
            path.stem.replace("MAPS_MUS-", ""), len(rows), spread(sound), spread(note), spread(sound - note)), flush=True)


if __name__ == "__main__":
    main()
