#!/usr/bin/python3
"""Write models/piano.gguf from a checkpoint and the fitted decoder parameters.

    export.py [--checkpoint CACHE/piano/last.pt --pedal CACHE/piano/pedal.pt] [--parameters CACHE/piano/parameters.json]
              [--out models/piano.gguf]

Without a checkpoint the seeded random start of training is written: a file of the true structure for testing readers.
"""
import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
import torch

import decode
import features
import net
import pedal
from gguf import ARRAY, F32, I32, STRING, U32, pin, write

P = "cochlea.piano."
DESCRIPTION = "Live piano transcription: onset, velocity, sounding, held, pedal and age of the onset per key and 10 ms frame"
DATA = ("Rendered music: POP909 (MIT) and OpenScore Lieder (CC0) sequences and generators, on Splendid Grand (public domain), Headroom "
        "Yamaha C3 (CC BY 4.0, Bengt Nilsson), Upright KW and Piano FB (CC0), VCSL upright (CC0), Iowa Steinway (free), FluidR3 (MIT), "
        "MuseScore General (MIT), sf_GMbank (public domain), GeneralUser GS (free for any use), A320U (GPL 2) and synthetic pianos")


def metadata(parameters, config):
    digest = hashlib.sha256(json.dumps(config, sort_keys=True).encode()).hexdigest()
    thresholds = np.array(parameters["thresholds"], np.float32).ravel().tolist()
    return [
        ("general.architecture", STRING, "cochlea.piano"), ("general.name", STRING, "cochlea piano"),
        ("general.license", STRING, "MIT"), ("general.description", STRING, DESCRIPTION),
        (P + "version", U32, 3), (P + "sample_rate", U32, features.RATE), (P + "hop", U32, features.HOP),
        (P + "window_lengths", (ARRAY, U32), [w[0] for w in features.WINDOWS]),
        (P + "window_falls", (ARRAY, U32), [w[1] for w in features.WINDOWS]),
        (P + "window_ffts", (ARRAY, U32), [w[2] for w in features.WINDOWS]),
        (P + "bins", U32, features.BINS), (P + "bins_per_semitone", U32, 3), (P + "first_key", U32, net.FIRST_KEY), (P + "keys", U32, net.KEYS),
        (P + "harmonics", (ARRAY, I32), list(net.HARMONICS)), (P + "intervals", (ARRAY, I32), list(net.INTERVALS)),
        (P + "deadlines", (ARRAY, U32), list(net.DEADLINES)), (P + "thresholds", (ARRAY, F32), thresholds),
        (P + "longest_age_ms", F32, 1000 * decode.LONGEST_AGE),
        (P + "rearm_level", F32, parameters["rearm_level"]), (P + "rearm_frames", U32, parameters["rearm_frames"]),
        (P + "off_level", F32, parameters["off_level"]), (P + "off_held", F32, parameters["off_held"]), (P + "off_shift_ms", F32, parameters["off_shift_ms"]),
        (P + "off_guard_frames", U32, parameters["off_guard_frames"]),
        *((P + "pedal_" + name, F32, parameters["pedal_" + name])
          for name in ("pressed", "released", "on", "off", "pressed_delay_ms", "released_delay_ms")),
        *((P + "pedal_%s_frames" % name, U32, parameters["pedal_%s_frames" % name]) for name in ("gap", "on", "off", "hold", "search")),
        (P + "loudness_start", F32, features.LEVEL_START), (P + "loudness_decay", F32, features.LEVEL_DECAY),
        ("cochlea.training.data", STRING, DATA), ("cochlea.training.config_sha256", STRING, digest),
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint")
    parser.add_argument("--pedal")
    parser.add_argument("--parameters")
    parser.add_argument("--out", default=str(Path(__file__).parent.parent / "piano.gguf"))
    args = parser.parse_args()
    weights, config = net.initial(1), {"random": 1}
    if args.checkpoint:
        stored = torch.load(args.checkpoint)
        weights = stored["average"]
        config = {k: v for k, v in stored["args"].items() if k not in ("cache", "resume")} | {"steps_done": stored["step"]}
    listener = torch.load(args.pedal)["weights"] if args.pedal else pedal.initial(1)
    parameters = decode.defaults()
    if args.parameters:
        parameters.update(json.loads(Path(args.parameters).read_text()))
    tensors = [(name, weights[name].detach().numpy()) for name in net.SHAPES] + [(name, listener[name].numpy()) for name in pedal.SHAPES]
    write(args.out, metadata(parameters, config), tensors)
    pin(args.out)


if __name__ == "__main__":
    main()
