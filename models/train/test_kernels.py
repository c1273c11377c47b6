#!/usr/bin/python3
"""Compare the kernels with plain PyTorch: outputs, loss and every gradient, and print the speed."""
import time

import numpy as np
import torch

import fast
import net


def main():
    torch.set_num_threads(3)
    rng = np.random.default_rng(1)
    batch, frames = 2, 21
    library = fast.load()
    w = net.initial(3)
    for name in w:
        if "bias" in name or "state.weight" in name:
            w[name] += 0.1 * torch.randn(w[name].shape)
    w = {k: v.bfloat16().float() for k, v in w.items()}
    values = torch.tensor(rng.uniform(-1, 2, (batch, frames, 3, 300)), dtype=torch.float32).bfloat16().float()
    level = torch.tensor(rng.uniform(-1, 2, (batch, frames, 2)), dtype=torch.float32)
    for v in w.values():
        v.requires_grad_(True)
    expected = net.forward(w, values, level)
    slope = torch.tensor(rng.normal(0, 1, expected.shape), dtype=torch.float32).bfloat16().float()
    (expected * slope).sum().backward()
    plain = {k: v.detach() for k, v in w.items()}
    quick = fast.FastNet(library, batch, frames)
    got = quick.forward(plain, values, level)[..., :net.HEADS].view(expected.shape)
    scale = float(expected.abs().max())
    print("output: largest difference %.4f of %.3f" % (float((got - expected).abs().max()), scale))
    worst = float((got - expected).abs().max()) / scale
    quick.x["dlogit"][..., :net.HEADS] = slope.view(-1, 88, net.HEADS).bfloat16()
    grads = quick.backward(plain)
    for name, v in w.items():
        a, b = grads[name].flatten().double(), v.grad.flatten().double()
        error = float((a - b).norm() / b.norm())
        worst = max(worst, error)
        print("%-24s relative error %.4f" % (name, error))
    big = fast.FastNet(library, 12, 320)
    values, level = torch.zeros(12, 320, 3, 300).uniform_(-1, 2), torch.zeros(12, 320, 2)
    for _ in range(3):
        a = time.time()
        big.forward(plain, values, level)
        b = time.time()
        big.x["dlogit"].normal_()
        c = time.time()
        big.backward(plain)
        d = time.time()
        print("forward %.0f, both %.0f frames/s" % (12 * 320 / (b - a), 12 * 320 / (b - a + d - c)))
    assert worst < 0.15    # bfloat16 and ReLU flips; a wrong kernel is off by more than half


if __name__ == "__main__":
    main()
