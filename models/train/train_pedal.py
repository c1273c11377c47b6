#!/usr/bin/python3
"""Train the pedal's listener on what a trained piano net remembers of some of the rendered takes.

    train_pedal.py --checkpoint CACHE/piano/last.pt [--takes 400] [--steps 1200]       writes CACHE/NAME/pedal.pt
"""
import argparse
import ctypes
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import fast
import features
import pedal
import train
from labels import HOLD_DELAY

FRAMES, CHUNK, BATCH, SKIP = 5990, 700, 24, 50
WIDTH, WEIGHTS = 4.0, (4.0, 2.0, 0.5)               # frames about a press or release; of the losses of the classes


def targets(down):
    """Pedal down per frame, HOLD_DELAY late -> [frames, 3]: nearness to a press, to a release (DELAYS late), and down."""
    y = np.zeros((len(down), 3), np.float32)
    frames = np.arange(len(down))
    step = np.diff(down.astype(int), prepend=int(down[0]))
    for i, (sign, delay) in enumerate(zip((1, -1), pedal.DELAYS)):
        for t in np.flatnonzero(step == sign):
            y[:, i] = np.maximum(y[:, i], np.exp(-0.5 * ((frames - (t - HOLD_DELAY + delay)) / WIDTH) ** 2))
    y[:, 2] = down
    return y


def gather(args, library):
    """Pooled states f16 and targets of randomly chosen takes, heard through the augmentation that the net was trained with."""
    takes, rng = train.paths(Path(args.cache) / "takes"), np.random.default_rng(args.seed)
    weights, white = torch.load(args.checkpoint)["average"], train.white_response()
    quick, batch = fast.FastNet(library, 1, FRAMES, train=False), train.Batch(1, FRAMES)
    values, level = torch.zeros(1, FRAMES, 3, 300), torch.zeros(1, FRAMES, 2)
    where = lambda a: ctypes.c_void_p(a.ctypes.data)
    x, y = [], []
    for i in rng.permutation(len(takes))[:args.takes]:
        train.fill(rng, [train.read(takes[i])], batch, white)
        library.augment(1, FRAMES, batch.raw, where(batch.shift), where(batch.floor), where(batch.seed), where(batch.loud),
                        ctypes.c_float(features.LEVEL_DECAY), fast.address(values), fast.address(level))
        quick.forward(weights, values, level)
        x.append(pedal.pooled(quick.x["h2"]).to(torch.float16))
        y.append(torch.from_numpy(targets(batch.pedal[0])))
    return torch.stack(x), torch.stack(y)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--takes", type=int, default=400)
    parser.add_argument("--steps", type=int, default=1200)
    parser.add_argument("--lr", type=float, default=4e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=3)
    parser.add_argument("--name", default="piano")
    parser.add_argument("--cache", default="cache")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    x, y = gather(args, fast.load())
    print("%d takes, pedal down in %.2f of the frames" % (len(x), y[..., 2].mean()), flush=True)
    torch.manual_seed(args.seed)
    listener, rng = pedal.Listener(), np.random.default_rng(args.seed)
    average = {k: v.clone() for k, v in listener.state_dict().items()}
    optimiser = torch.optim.AdamW(listener.parameters(), lr=args.lr, weight_decay=1e-2)
    started, losses = time.time(), []
    for step in range(args.steps):
        takes, first = rng.integers(len(x), size=BATCH), rng.integers(0, FRAMES - CHUNK, size=BATCH)
        inputs = torch.stack([x[a, b:b + CHUNK] for a, b in zip(takes, first)]).float()
        wanted = torch.stack([y[a, b:b + CHUNK] for a, b in zip(takes, first)])
        loss = F.binary_cross_entropy_with_logits(listener(inputs)[:, SKIP:], wanted[:, SKIP:], reduction="none")
        loss = (loss * torch.tensor(WEIGHTS)).mean()
        for group in optimiser.param_groups:
            group["lr"] = args.lr * (0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * step / args.steps)))
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(listener.parameters(), 1.0)
        optimiser.step()
        keep = min(0.995, (step + 1) / (step + 10))
        for name, v in listener.state_dict().items():
            average[name].mul_(keep).add_(v, alpha=1 - keep)
        losses.append(float(loss))
        if step % 100 == 99:
            print("step %d, loss %.4f, %.0f s" % (step + 1, np.mean(losses[-100:]), time.time() - started), flush=True)
    listener.load_state_dict(average)
    out = Path(args.cache) / args.name / "pedal.pt"
    torch.save({"weights": {k: v.detach().clone().contiguous() for k, v in listener.tensors().items()}, "args": vars(args)}, out)


if __name__ == "__main__":
    main()
