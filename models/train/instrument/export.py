#!/usr/bin/python3
"""Write models/instrument.gguf from the checkpoints of both listeners and the fitted decision.

    export.py --cache cache/instrument [--net streaming-1] [--statistics statistics-1 ...] [--decision CACHE/decision.json] [--out models/instrument.gguf]

Weights are stored as F16, fixed filters as F32; dimensions as the C code reads them, time with the oldest first.
"""
import argparse
import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import torch

import cqt
import modulation
import nets
import pitched
from sources import CLASSES

sys.path.append(str(Path(__file__).resolve().parent.parent))
from gguf import ARRAY, F32, STRING, U32, pin, write  # noqa: E402

P = "cochlea.instrument."
DECISION = {"net_weight": 1.0, "statistics_weight": 1.0, "shortest": 6, "longest": 45, "smoothing": 0.0, "change_level": 0.35,
            "change_rest": 0.15, "change_blocks": 1, "shown_on": 0.7, "shown_off": 0.5}
DATA = ("Rendered phrases of note samples (MTG solo saxophones, CC BY 4.0; Karoryfer, FreePats, VSCO2, VCSL, CC0; N. Brosowsky's collection, CC BY 3.0; Philharmonia Orchestra samples; pianos as in "
        "the piano model), FluidR3 and MuseScore General (MIT), GeneralUser GS (free for any use), Sonivox (Apache 2.0), FreePats and A320U (GPL), synthetic voices, strings, brass and pianos, eSpeak, and 86 training clips of Medley-solos-DB (CC BY 4.0)")


FILTERS = ("statistics.time", "statistics.still", "statistics.moving", "statistics.cosine", "statistics.comb")


def conv(weight):
    """[out, in, bins, frames] -> [frames, bins, in, out]."""
    return weight.permute(3, 2, 1, 0)


def net_tensors(net):
    out = []

    def add(name, weight, bias):
        out.extend([(name + ".weight", weight), (name + ".bias", bias)])
    for name, branch in zip(("2d", "1d", "spiral"), net.branches):
        weight, bias = branch.weights() if name == "spiral" else (branch.first.weight, branch.first.bias)
        weight, bias = branch.norms[0].folded(weight, bias)
        pieces = [conv(weight[:, i:i + 1]) for i in range(weight.shape[1])]
        add("net.%s.first" % name, torch.cat(pieces), bias)
        weight, bias = branch.norms[1].folded(branch.second.weight, branch.second.bias)
        add("net.%s.second" % name, conv(weight), bias)
    # Flattened by PyTorch as [channel][row], by the C code as [row][channel].
    split, wide = net.branches[0].per_block, net.dense.weight
    first = wide[:, :split].reshape(len(wide), -1, 8).permute(2, 1, 0).reshape(split, -1)
    add("net.dense", torch.cat([first, wide[:, split:].T]), net.dense.bias)
    add("net.out", net.out.weight.T, net.out.bias)
    return out


def layers_of(stored):
    """[(weight, bias)] of a perceptron, what its inputs are scaled by folded in."""
    layers = [(stored["net"]["%d.weight" % i], stored["net"]["%d.bias" % i]) for i in (1, 4, 7)]
    weight, bias = layers[0]
    return [(weight / stored["scale"], bias - weight @ (stored["mean"] / stored["scale"]))] + layers[1:]


def statistics_tensors(stored):
    """Fixed filters, and several perceptrons side by side as one, whose scores are the mean of theirs."""
    f = modulation.bin_filters()
    still = np.stack([f[0].real] + [g for s in range(4) for g in (f[1 + 2 * s].real, f[1 + 2 * s].imag)]).T
    moving = np.zeros((modulation.BIN_TAPS, 2, 18), np.float32)
    moving[:, 0, 0::2], moving[:, 1, 0::2] = f.real.T, -f.imag.T
    moving[:, 0, 1::2], moving[:, 1, 1::2] = f.imag.T, f.real.T
    out = [("statistics.time", modulation.time_filters().T), ("statistics.still", still), ("statistics.moving", moving.reshape(-1, 18)),
           ("statistics.cosine", modulation.weights()[3].numpy().T), ("statistics.comb", pitched.comb().numpy()[None])]
    firsts, seconds, thirds = zip(*(layers_of(one) for one in stored))
    layers = [(torch.cat([w for w, _ in firsts]), torch.cat([b for _, b in firsts])),
              (torch.block_diag(*(w for w, _ in seconds)), torch.cat([b for _, b in seconds])),
              (torch.cat([w for w, _ in thirds], 1) / len(stored), sum(b for _, b in thirds) / len(stored))]
    for i, (weight, bias) in enumerate(layers):
        out += [("statistics.dense%d.weight" % (i + 1), weight.T), ("statistics.dense%d.bias" % (i + 1), bias)]
    return out


def stored_as(name, array):
    return np.ascontiguousarray(array, np.float32 if name in FILTERS else np.float16)


def metadata(decision, config):
    digest = hashlib.sha256(json.dumps(config, sort_keys=True).encode()).hexdigest()
    integers = ("shortest", "longest", "change_blocks")
    return [
        ("general.architecture", STRING, "cochlea.instrument"), ("general.name", STRING, "cochlea instrument"), ("general.license", STRING, "MIT"),
        ("general.description", STRING, "Which instrument plays: a hybrid of 2-D, 1-D and spiral convolutions with statistics of modulations and around the pitch, ten times a second"),
        (P + "version", U32, 2), (P + "sample_rate", U32, cqt.RATE), (P + "hop", U32, cqt.HOP), (P + "bins", U32, cqt.BINS),
        (P + "bins_per_octave", U32, 12), (P + "lowest_hz", F32, cqt.LOWEST), (P + "group_ends", (ARRAY, U32), [g[1] for g in cqt.GROUPS]),
        (P + "group_ffts", (ARRAY, U32), [g[2] for g in cqt.GROUPS]), (P + "group_counts", (ARRAY, U32), [g[3] for g in cqt.GROUPS]),
        (P + "level_floor", F32, cqt.FLOOR), (P + "level_decay", F32, cqt.DECAY), (P + "gain", F32, cqt.GAIN), (P + "slope", F32, nets.SLOPE),
        (P + "perceptron_slope", F32, 0.1), (P + "classes", STRING, ",".join(CLASSES)),
    ] + [(P + key, U32 if key in integers else F32, decision[key]) for key in DECISION] + [
        ("cochlea.training.data", STRING, DATA), ("cochlea.training.config_sha256", STRING, digest)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", default="cache/instrument")
    parser.add_argument("--net", default="streaming-1")
    parser.add_argument("--statistics", nargs="*", default=["statistics-1", "statistics-2", "statistics-3"])
    parser.add_argument("--decision")
    parser.add_argument("--out", default=str(Path(__file__).resolve().parent.parent.parent / "instrument.gguf"))
    args = parser.parse_args()
    stored, *others = (torch.load(Path(args.cache) / (name + ".pt")) for name in (args.net, *args.statistics))
    net = nets.Streaming()
    net.load_state_dict(stored["average"])
    decision = DECISION | (json.loads(Path(args.decision).read_text()) if args.decision else {})
    config = {k: v for k, v in stored["args"].items() if k not in ("cache", "resume")} | {"steps_done": stored["step"], "statistics": [other["args"] for other in others]}
    tensors = [(name, stored_as(name, torch.as_tensor(t).detach().contiguous().numpy())) for name, t in net_tensors(net) + statistics_tensors(others)]
    write(args.out, metadata(decision, config), tensors)
    pin(args.out)


if __name__ == "__main__":
    main()
