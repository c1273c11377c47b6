#!/usr/bin/python3
"""Write tests/goldens: a test signal, and what front end, layers and decoder make of it, for the tests of the C code.

    goldens.py [--model models/piano.gguf] [--out tests/goldens] [--signal CACHE]

--signal renders the test signal anew (from the CC0 and public-domain pianos of the data folder); else the stored one is used.
All .npy are float32 in C order; layers.npy of the last frames of the signal, everything else of all frames.
"""
import argparse
from pathlib import Path

import numpy as np
import scipy.ndimage
import soundfile

import decode
import features
import model
import render
import sampler

HERE = Path(__file__).resolve().parent
LAYER_FRAMES = 4


def signal(data, cache):
    """Four seconds: a phrase on an upright, a low octave, a chord with pedal, a soft repeat, on a Steinway."""
    rng = np.random.default_rng(5)
    notes = [(0.30, 0.60, 60, 80), (0.62, 0.90, 64, 74), (0.95, 1.40, 67, 85), (1.00, 1.50, 48, 66), (1.55, 2.00, 36, 84), (1.56, 2.00, 24, 80),
             (2.20, 2.40, 62, 60), (2.20, 2.40, 65, 70), (2.21, 2.40, 69, 76), (2.22, 2.40, 50, 64), (2.22, 2.40, 74, 82), (3.05, 3.15, 88, 40),
             (3.25, 3.35, 88, 44), (3.45, 3.60, 91, 52)]
    notes = np.array(notes)
    pedal = [(2.15, True), (2.95, False)]
    ends = render.sequences.sustained(notes, pedal, 4.0)
    mix = np.zeros(4 * features.RATE, np.float32)
    for name, part in (("upright_kawai_kw", notes[:, 0] < 1.9), ("splendid_steinway", notes[:, 0] >= 1.9)):
        bank, = sampler.banks(data, cache, [name])
        piano = sampler.Sampler(rng, bank, natural=True)
        mix += render.play(rng, piano, notes[part], ends[part], [], 4.0)
    mix = mix / np.max(np.abs(mix)) * 0.5 + 1e-4 * rng.standard_normal(len(mix))
    return mix.astype(np.float32)


def pedal_changes(out):
    """A minute of probabilities that wander, and what the pedal's decider makes of them with its default parameters."""
    rng = np.random.default_rng(7)
    heard = scipy.ndimage.gaussian_filter1d(rng.standard_normal((6000, 3)), 3, axis=0)
    heard[:, 2] = scipy.ndimage.gaussian_filter1d(heard[:, 2], 12)
    heard = (0.5 + (0.25, 0.2, 0.3) * (heard / heard.std(0) - (1.2, 1.4, 0))).clip(0, 1).astype(np.float32)
    np.save(out / "pedal_heard.npy", heard)
    with open(out / "pedal_changes.tsv", "w") as f:
        f.write("# time down sent\n")
        for row in decode.pedal_changes(heard, np.arange(len(heard)) % 500 > 50, decode.DEFAULTS):
            f.write("%.4f\t%d\t%.2f\n" % row)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=str(HERE.parent / "piano.gguf"))
    parser.add_argument("--out", default=str(HERE.parent.parent / "tests" / "goldens"))
    parser.add_argument("--signal", metavar="CACHE")
    parser.add_argument("--data", default="../shared/data")
    args = parser.parse_args()
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    wav = out / "piano.wav"
    if args.signal or not wav.exists():
        soundfile.write(wav, signal(args.data, args.signal), features.RATE, subtype="PCM_16")
    values = model.inputs(model.read_audio(wav)).astype(np.float32)
    piano = model.Model(args.model)
    layers = {}
    logits, heard = piano.outputs(values, layers)
    np.save(out / "piano_features.npy", values[::4])
    np.save(out / "piano_levels.npy", np.stack(features.levels(values), 1))
    for name in ("conv1", "conv2", "conv3", "gather", "gru", "exchange", "gru2"):
        np.save(out / ("piano_%s.npy" % name), layers[name][0, -LAYER_FRAMES:].numpy())
    np.save(out / "piano_logits.npy", logits[::4])
    np.save(out / "piano_heard.npy", heard)
    p = decode.probabilities(logits, heard)
    for name, sustain in (("piano_notes", False), ("piano_released", True)):
        with open(out / (name + ".tsv"), "w") as f:
            f.write("# onset offset note velocity sent deadline\n")
            for onset, offset, note, velocity, sent, d, _ in decode.notes(p, piano.parameters, sustain=sustain):
                f.write("%.4f\t%.4f\t%d\t%d\t%.2f\t%d\n" % (onset, offset, note, velocity, sent, d))
    with open(out / "piano_pedal.tsv", "w") as f:
        f.write("# time down sent\n")
        for time, down, sent in decode.pedal(p, piano.parameters):
            f.write("%.4f\t%d\t%.2f\n" % (time, down, sent))
    pedal_changes(out)


if __name__ == "__main__":
    main()
