#!/usr/bin/python3
"""Train the hybridizer on the phrases (see phrases.py): every voice in disguise, or another voice, is to become the target.

    train.py [--steps 24000] [--targets violin,...] [--name hybrid] [--resume]       writes CACHE/timbre/NAME.pt every few minutes
"""
import argparse
import math
import time
from pathlib import Path

import numpy as np
import torch

import guide
import net
import voices
from material import Data, batch, loss_of


def rate(args, step):
    if step < 40:
        return args.lr * (step + 1) / 40
    return args.lr * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1, step / args.steps))))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=24000)
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--frames", type=int, default=64)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--targets", default=",".join(voices.TARGETS))
    parser.add_argument("--options", default="", help="for ablations: no-disguise, no-pairs, no-whitening, no-lstm, no-context")
    parser.add_argument("--name", default="hybrid")
    parser.add_argument("--start", help="name of a run to start another round from")
    parser.add_argument("--guide", type=float, default=0, help="weight of the listener's doubt (see guide.py)")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--data", default="../shared/data")
    parser.add_argument("--cache", default="cache")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    options, targets = [o for o in args.options.split(",") if o], args.targets.split(",")
    data = Data(args.cache, targets, args.data)
    out = Path(args.cache) / "timbre" / (args.name + ".pt")
    w = net.initial(len(targets), args.seed, options)
    average = {k: v.detach().clone() for k, v in w.items()}
    optimiser, step = torch.optim.Adam(w.values(), lr=args.lr), 0
    if args.resume and out.exists():
        stored = torch.load(out)
        step = stored["step"]
        optimiser.load_state_dict(stored["optimiser"])
        for k in w:
            w[k].data.copy_(stored["weights"][k])
            average[k].copy_(stored["average"][k])
    elif args.start:
        stored = torch.load(out.with_name(args.start + ".pt"))
        for k in w:
            w[k].data.copy_(stored["average"][k])
            average[k].copy_(stored["average"][k])
    listener = guide.Guide(data) if args.guide else None
    rng, sums, began, saved = np.random.default_rng([args.seed, step]), [], time.time(), time.time()
    while step < args.steps:
        source, target, good, number = batch(rng, data, args.batch, args.frames, options)
        flat = net.whiten(source) if "no-whitening" not in options else source
        result, _ = net.shaped(source, net.forward(w, flat, w["targets"][number], options), flat, options)
        loss, bins = loss_of(result, target, good)
        if listener:
            loss = loss + args.guide * listener(result, good, number)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(w.values(), 1.0)
        for group in optimiser.param_groups:
            group["lr"] = rate(args, step)
        optimiser.step()
        step += 1
        keep = min(0.999, (step + 1) / (step + 10))
        for k, v in w.items():
            average[k].mul_(keep).add_(v.detach(), alpha=1 - keep)
        sums.append((loss.item(), bins.item()))
        if step % 250 == 0 or step == args.steps:
            print("%s step %d, %d phrases, loss %.4f, bins %.4f, %.1f ms a step" % (
                time.strftime("%H:%M:%S"), step, len(data.levels), *np.mean(sums, 0), 1000 * (time.time() - began) / len(sums)), flush=True)
            sums, began = [], time.time()
        if time.time() - saved > 120 or step == args.steps:
            data.rescan()
            torch.save({"weights": w, "average": average, "optimiser": optimiser.state_dict(), "step": step, "targets": targets,
                        "args": vars(args)}, str(out) + ".tmp")
            Path(str(out) + ".tmp").replace(out)
            saved = time.time()


if __name__ == "__main__":
    main()
