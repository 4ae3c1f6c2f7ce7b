"""`make bench`: the real small model on the CPU."""

import os
import pathlib
import subprocess
import tempfile

from benchmarks import compare
from benchmarks.server import ROOT

TOKENS = 64
SEQUENCES = (1, 4, 8)


def main():
    model = subprocess.run([ROOT / "e2e/model/smollm2"], check=True, capture_output=True, text=True).stdout.strip()
    logs = pathlib.Path(tempfile.mkdtemp(prefix="bench-"))
    print(f"{os.path.basename(model)} in Float32 on {os.cpu_count()} CPUs; logs: {logs}", flush=True)
    flags = ["--policy", "HostOnly", "--dtype", "Float32", "--max-sequences", 8, "--max-sequence-tokens", 512]
    us = compare.ours(model, logs / "plimsoll.log", flags, TOKENS, SEQUENCES)
    print("Plimsoll is done; transformers now", flush=True)
    them = compare.theirs(model, logs / "transformers.log", "float32", "cpu", TOKENS, SEQUENCES)
    print(compare.table("SmolLM2-135M-Instruct in Float32 on the CPU", us, them).text())


main()
