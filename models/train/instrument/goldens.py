#!/usr/bin/python3
"""Write tests/goldens/instrument_*: a test signal, and what front end and listeners make of it, for the tests of the C code.

    goldens.py [--model models/instrument.gguf] [--out tests/goldens] [--signal]

--signal makes the signal anew from CC0 samples and synthetic instruments; else the stored one is used. The whole-window nets of PyTorch run here
on the weights as stored, at once over all columns.
"""
import argparse
import sys
from pathlib import Path

import numpy as np
import soundfile
import torch

import cqt
import melodies
import modulation
import nets
import synths

sys.path.append(str(Path(__file__).resolve().parent.parent))
import gguf  # noqa: E402

HERE = Path(__file__).resolve().parent


def signal():
    """A voice, a bowed string, silence and a brass: 4 seconds."""
    rng, parts = np.random.default_rng(3), []
    for synth, low, high, seconds in ((synths.voice, 57, 80, 1.5), (synths.bowed, 55, 90, 1.2), (synths.brass, 55, 80, 1.1)):
        part = synth(rng, melodies.melody(rng, low, high, seconds), seconds)
        parts += [part / np.abs(part).max() * rng.uniform(0.1, 0.5), np.zeros(2940)]
    return np.concatenate(parts).astype(np.float32)[:cqt.RATE * 4]


def conv(tensors, name, layer):
    layer.weight.data = torch.from_numpy(tensors[name + ".weight"]).permute(3, 2, 1, 0).contiguous()
    layer.bias.data = torch.from_numpy(tensors[name + ".bias"])


def load_net(tensors):
    """The net of PyTorch with the weights of a file: the inverse of export.py."""
    net = nets.Streaming()
    two, one, spiral = net.branches
    for name, layer in (("2d.first", two.first), ("2d.second", two.second), ("1d.first", one.first), ("1d.second", one.second), ("spiral.second", spiral.second)):
        conv(tensors, "net." + name, layer)
    weight = torch.from_numpy(tensors["net.spiral.first.weight"]).reshape(3, 5, 3, 1, -1)
    for branch in net.branches:                                          # norms are folded into the weights
        del branch.norms
        branch.norms = (None, None)
    for i, band in enumerate(spiral.bands):
        band.weight.data = weight[i].permute(3, 2, 1, 0).contiguous()
        band.bias.data = torch.from_numpy(tensors["net.spiral.first.bias"]) if i == 0 else torch.zeros(band.bias.shape)
    split, dense = two.per_block, torch.from_numpy(tensors["net.dense.weight"]).T
    first = dense[:, :split].reshape(len(dense), 8, -1).permute(0, 2, 1).reshape(len(dense), split)
    net.dense.weight.data, net.dense.bias.data = torch.cat([first, dense[:, split:]], 1), torch.from_numpy(tensors["net.dense.bias"])
    net.out.weight.data, net.out.bias.data = torch.from_numpy(tensors["net.out.weight"]).T.contiguous(), torch.from_numpy(tensors["net.out.bias"])
    return net.eval()


def perceptron(tensors, x):
    for i in (1, 2, 3):
        x = x @ torch.from_numpy(tensors["statistics.dense%d.weight" % i]) + torch.from_numpy(tensors["statistics.dense%d.bias" % i])
        x = torch.nn.functional.leaky_relu(x, 0.1) if i < 3 else x
    return x


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=str(HERE.parent.parent / "instrument.gguf"))
    parser.add_argument("--out", default=str(HERE.parent.parent.parent / "tests" / "goldens"))
    parser.add_argument("--signal", action="store_true")
    args = parser.parse_args()
    out = Path(args.out)
    wav = out / "instrument.wav"
    if args.signal or not wav.exists():
        soundfile.write(wav, signal(), cqt.RATE, subtype="PCM_16")
    audio, _ = soundfile.read(wav, dtype="float32")
    _, tensors = gguf.read(args.model)
    magnitudes = cqt.magnitudes(audio)
    x = cqt.scaled(cqt.columns(magnitudes))[:len(audio) // cqt.HOP // 5 * 5]
    # 24 columns before the first complete one, as pooled blocks reach four columns further back.
    silent = np.full((24, cqt.BINS), cqt.scaled(0.0), np.float32)
    with torch.no_grad():
        scores = load_net(tensors).scores(torch.from_numpy(np.concatenate([silent, x])).T[None, None].contiguous())[0].numpy()
        blocks = modulation.blocks(torch.from_numpy(x)[None])[0]
        statistics = np.stack([perceptron(tensors, modulation.finish(blocks[i - n + 1:i + 1].mean(0))).numpy()
                               for i in range(30, len(blocks)) for n in (6, 25)])
    np.save(out / "instrument_magnitudes.npy", magnitudes[::8].astype(np.float32))
    np.save(out / "instrument_columns.npy", x)
    np.save(out / "instrument_scores.npy", scores.astype(np.float32))
    np.save(out / "instrument_statistics.npy", statistics.astype(np.float32))


if __name__ == "__main__":
    main()
