#!/usr/bin/python3
"""Train one convolutional net; a checkpoint every minute, --resume goes on from it.

    train_net.py --net streaming|2d+1d+spiral|2d|... [--seed 1] [--examples 300000] [--cache cache/instrument] [--threads 1]
"""
import argparse
import json
import os
import time
from pathlib import Path

import numpy as np
import torch

import augment
import columns
import cqt
import fast_net
import nets
from sources import CLASSES

SHARE = 0.38                                                             # recorded examples, of the classes that have them
WEIGHT = np.array([1.0] * 8 + [1.5, 0.8])
SMOOTHING = 0.05
LEAD = 12                                                                # blocks of silence before a stretch, at most
SEEN = 29                                                                # columns that a block's scores see
SILENT = 0.15                                                            # of the examples of none


def draw(rng, pools, count, share):
    """Row numbers: the eight classes alike, other 1.5, none 0.6."""
    rows = []
    for c in rng.choice(len(CLASSES), count, p=WEIGHT / WEIGHT.sum()):
        real = len(pools[c][1]) and rng.random() < share
        rows.append(rng.choice(pools[c][1] if real else pools[c][0]))
    return np.array(rows)


def batch(rng, x, rows, frames, none, streaming):
    """Random stretches, scaled, some after silence or (streaming) after another sound, with masks over time and frequency: [n, frames, 96]."""
    begin = rng.integers(0, x.shape[1] - frames + 1, len(rows))
    out = np.stack([x[r, b:b + frames] for r, b in zip(rows, begin)]).astype(np.float32) / cqt.STORED
    for i in range(len(rows)):
        if none[i] and rng.random() < SILENT:
            out[i] = 0
        if rng.random() < 0.3:
            lead = rng.integers(1, 5 * LEAD)
            out[i, lead:], out[i, :lead] = out[i, :-lead].copy(), 0
        elif streaming and rng.random() < 0.4:
            lead = rng.integers(3, SEEN - 5)                             # every block sees some of what is to be named
            out[i, lead:], out[i, :lead] = out[i, :-lead].copy(), augment.softer(rng, columns.opened(x[rng.integers(len(x)), -lead:]))
        if rng.random() < 0.4:
            a, n = rng.integers(0, frames), rng.integers(1, 25)
            out[i, a:a + n] = 0
        if rng.random() < 0.4:
            a, n = rng.integers(0, cqt.BINS), rng.integers(1, 12)
            out[i, :, a:a + n] = 0
    return torch.from_numpy(cqt.scaled(out))


def make(name):
    return nets.Streaming() if name == "streaming" else nets.Published(name.split("+"))


def images(x):
    """[n, frames, 96] as the nets take them: [n, 1, 96, frames]."""
    return x.transpose(1, 2)[:, None].contiguous(memory_format=torch.channels_last)


def loss_of_window(net, x, target):
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return -(target * torch.log_softmax(net(images(x)).float(), 1)).sum(1).mean()


def loss_of_blocks(library, net, x, target):
    """A window's, a short window's and a block's share of the loss."""
    scores = fast_net.scores(library, net, fast_net.roomy(x))
    total = 0
    for length, share in ((scores.shape[1], 0.5), (5, 0.3), (1, 0.2)):
        begin = int(torch.randint(min(LEAD, scores.shape[1] - length), scores.shape[1] - length + 1, ()))
        total = total - share * (target * torch.log_softmax(scores[:, begin:begin + length].mean(1), 1)).sum(1).mean()
    return total


def predict(net, x, frames=nets.FRAMES):
    with torch.no_grad():
        out = []
        for a in range(0, len(x), 100):
            part = cqt.scaled(x[a:a + 100, -frames:].astype(np.float32) / cqt.STORED)
            out.append(torch.softmax(net(images(torch.from_numpy(part))), 1).numpy())
    return np.concatenate(out)


def report(p, labels):
    right, eight = p.argmax(1) == labels, labels < 8
    return {"all": round(float(right.mean()), 4), "eight": round(float(right[eight].mean()), 4),
            "eight_of_eight": round(float((p[eight, :8].argmax(1) == labels[eight]).mean()), 4),
            "classes": {CLASSES[c]: round(float(right[labels == c].mean()), 3) for c in range(len(CLASSES)) if np.any(labels == c)}}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--net", default="streaming")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--examples", type=int, default=300000)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--sets", nargs="*", help="one that is named more often counts more")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--cache", default="cache/instrument")
    parser.add_argument("--name")
    parser.add_argument("--until", help="UTC clock HH:MM at which the rate has to have come down")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--start", help="checkpoint whose averaged weights are gone on from, with steps and rate anew")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    rng = np.random.default_rng(args.seed)
    x, labels, groups = augment.load(args.cache, args.sets or (augment.SETS if args.net == "streaming" else augment.STUDY), args.turns)
    pools = [(np.flatnonzero((labels == c) & (groups < 0)), np.flatnonzero((labels == c) & (groups >= 0))) for c in range(len(CLASSES))]
    valid, real = augment.plain(args.cache, "valid"), augment.plain(args.cache, "clips_valid")
    net, streaming = make(args.net).to(memory_format=torch.channels_last), args.net == "streaming"
    library = fast_net.load() if streaming else None
    target_path = Path(args.cache) / ((args.name or "%s-%d" % (args.net, args.seed)) + ".pt")
    optimiser = torch.optim.AdamW(net.parameters(), args.rate, weight_decay=0.01)
    if args.start:
        net.load_state_dict(torch.load(args.start)["average"])
    average = {k: v.clone() for k, v in net.state_dict().items()}
    step, steps = 0, args.examples // args.batch
    if args.resume and target_path.exists():
        stored = torch.load(target_path)
        net.load_state_dict(stored["net"]), optimiser.load_state_dict(stored["optimiser"])
        average, step = stored["average"], stored["step"]
    began = saved = time.time()
    end = None
    if args.until:
        now = time.gmtime()
        hour, minute = (int(v) for v in args.until.split(":"))
        end = began + ((hour - now.tm_hour) * 3600 + (minute - now.tm_min) * 60 - now.tm_sec) % 86400
    first, losses = step, []

    def save(done):
        torch.save({"net": net.state_dict(), "average": average, "optimiser": optimiser.state_dict(), "step": step, "args": vars(args), "done": done},
                   str(target_path) + ".part")
        os.replace(str(target_path) + ".part", target_path)

    while step < steps if end is None else time.time() < end:
        done = step / steps if end is None else (time.time() - began) / (end - began)
        for group in optimiser.param_groups:
            group["lr"] = args.rate * min(1, (step + 1) / 200) * max(0.01, 1 - done)
        net.train()
        rows = draw(rng, pools, args.batch, SHARE)
        a = batch(rng, x, rows, nets.FRAMES, labels[rows] == CLASSES.index("none"), streaming)
        y = torch.nn.functional.one_hot(torch.from_numpy(labels[rows]), len(CLASSES)).float()
        if streaming and rng.random() < 0.5:                             # mixup
            lam, turn = float(max(v := rng.beta(0.3, 0.3), 1 - v)), torch.from_numpy(rng.permutation(args.batch))
            a, y = a * lam + a[turn] * (1 - lam), y * lam + y[turn] * (1 - lam)
        y = y * (1 - SMOOTHING) + SMOOTHING / len(CLASSES)
        loss = loss_of_blocks(library, net, a, y) if streaming else loss_of_window(net, a, y)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 2.0)
        optimiser.step()
        step += 1
        keep = min(0.999, step / (step + 50))
        for k, v in net.state_dict().items():
            if v.is_floating_point():
                average[k].mul_(keep).add_(v, alpha=1 - keep)
        losses.append(loss.item())
        if time.time() - saved > 60:
            saved = time.time()
            save(False)
            print("%s step %d of %d, loss %.3f, %.0f examples/s" % (time.strftime("%H:%M:%S", time.gmtime()), step, steps, np.mean(losses[-200:]),
                  (step - first) * args.batch / (saved - began)), flush=True)
    net.load_state_dict(average)
    net.eval()
    scores = predict(net, valid[0])
    np.save(Path(args.cache) / ("scores-%s-%d.npy" % (args.net, args.seed)), scores)
    result = {"net": args.net, "seed": args.seed, "parameters": nets.parameters(net), "examples": step * args.batch,
              "valid": report(scores, valid[1]), "medley": report(predict(net, real[0]), real[1])}
    save(True)
    print(json.dumps(result), flush=True)
    with open(Path(args.cache) / "results.jsonl", "a") as f:
        f.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
