#!/usr/bin/python3
"""Write models/hybrid.gguf: the net, the targets, their mean envelopes and moments of recordings that may be passed on.

    export.py [--name hybrid] [--out models/hybrid.gguf] [--moments 2048]
"""
import argparse
import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import torch

import bands
import net
import phrases
import voices

sys.path.append(str(Path(__file__).parent.parent))
from gguf import STRING, U32, pin, read, write  # noqa: E402

P = "cochlea.hybrid."
RUN = 8                                               # moments that follow one another
DATA = ("Phrases rendered from FluidR3 and MuseScore General (MIT), sf_GMbank (public domain), MTG Solo Sax and Ixox Flute (CC BY 4.0), FreePats, "
        "Karoryfer and VCSL (CC0), Philharmonia Orchestra samples (training only), a synthetic singing voice and amplifier; Medley-solos-DB "
        "(CC BY 4.0)")


def moments(folder, target, count, seed=3):
    """Runs of band levels from phrases that are played with freely licensed samples alone: [count, bands]."""
    rng = np.random.default_rng([seed, *map(ord, target)])
    voice = voices.Voice(folder / "banks", target, split=0, free=True)
    kept, pool = [], []
    for _ in range(48):
        l, e = bands.levels(bands.frames(phrases.play(rng, voice, phrases.line(rng, rng.uniform(42, 82)))))
        loud = e > e.max() * 10 ** (-30 / 20)
        pool += [l[i:i + RUN] for i in range(0, len(l) - RUN, RUN) if loud[i:i + RUN].all()]
    for i in rng.permutation(len(pool))[:count // RUN]:
        kept.append(pool[i] - 0.5 * np.log(np.exp(2 * pool[i]).sum(1, keepdims=True)))
    return np.concatenate(kept).astype(np.float16)


def envelopes(folder, targets):
    """Mean envelope of the loud frames of each target over all phrases: [targets, bands]."""
    sums, counts = np.zeros((len(targets), bands.BANDS)), np.zeros(len(targets))
    for path in sorted((folder / "phrases").glob("[0-9]*[0-9].npz"))[:150]:
        stored = np.load(path)
        for t, name in enumerate(targets):
            row = list(stored["names"]).index(name)
            e = stored["energy"][row].astype(np.float32)
            l = torch.from_numpy(stored["levels"][row][e > e.max() - 3].astype(np.float32))
            sums[t] += net.envelope(l).sum(0).numpy()
            counts[t] += len(l)
    return (sums / counts[:, None]).astype(np.float32)


def write_model(path, w, targets, means, stored, config, name="cochlea hybrid", data=DATA):
    """w: tensors of net.py; means [targets, bands]; stored: a dictionary of moments by target."""
    digest = hashlib.sha256(json.dumps(config, sort_keys=True).encode()).hexdigest()
    metadata = [
        ("general.architecture", STRING, "cochlea.hybrid"), ("general.name", STRING, name), ("general.license", STRING, "MIT"),
        ("general.description", STRING, "Timbre of a target for live sound: gains of %d bands" % bands.BANDS),
        (P + "version", U32, 1), (P + "sample_rate", U32, bands.RATE), (P + "frame", U32, bands.SIZE), (P + "hop", U32, bands.HOP),
        (P + "bands", U32, bands.BANDS), (P + "cosines", U32, bands.COSINES), (P + "context", U32, net.CONTEXT),
        (P + "latent", U32, net.LATENT), (P + "targets", STRING, ",".join(targets)),
        ("cochlea.training.data", STRING, data), ("cochlea.training.config_sha256", STRING, digest),
    ]
    layers = [(k, np.asarray(v, np.float16 if k.endswith("weight") else np.float32)) for k, v in w.items() if k != "targets"]
    tensors = layers + [("targets", np.asarray(w["targets"], np.float32)), ("envelopes", np.asarray(means, np.float32))]
    write(path, metadata, tensors + [("moments." + t, np.asarray(m, np.float16)) for t, m in stored.items()])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", default="hybrid")
    parser.add_argument("--out", default="models/hybrid.gguf")
    parser.add_argument("--moments", type=int, default=2048)
    parser.add_argument("--again", help="a weight file whose moments and envelopes are taken over, to save time")
    parser.add_argument("--cache", default="cache")
    parser.add_argument("--pin", action="store_true", help="also renew SHA256SUMS")
    args = parser.parse_args()
    folder = Path(args.cache) / "timbre"
    state = torch.load(folder / (args.name + ".pt"))
    w = {k: v.detach().numpy() for k, v in state["average"].items()}
    if args.again:
        old = read(args.again)[1]
        means, stored = old["envelopes"], {t: old["moments." + t] for t in state["targets"]}
    else:
        means = envelopes(folder, state["targets"])
        stored = {t: moments(folder, t, args.moments) for t in state["targets"]} if args.moments else {}
    write_model(args.out, w, state["targets"], means, stored, state["args"])
    if args.pin:
        pin(args.out)
    print("%s: %d bytes, step %d" % (args.out, Path(args.out).stat().st_size, state["step"]))


if __name__ == "__main__":
    main()
