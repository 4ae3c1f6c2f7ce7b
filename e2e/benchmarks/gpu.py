"""`make bench-gpu`: a 3B-shaped checkpoint on real GPUs."""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from benchmarks import checkpoint, compare, latency
from benchmarks.cgroup import MemoryGroup
from benchmarks.process import MIB, nvidia_smi
from benchmarks.server import API, ROOT, serving
from benchmarks.table import Table

TOKENS = 64
SERVING = ["--max-sequences", 8, "--max-sequence-tokens", 1024, "--memory-host", "16Gi"]
TINY = {"layers": 4, "hidden": 256, "intermediate": 512, "heads": 4, "head_dim": 64, "vocabulary": 1000}
LINK = """
import time, torch
device = torch.device("cuda:0")
pinned = torch.empty(1 << 30, dtype=torch.uint8, pin_memory=True)
target = torch.empty(1 << 30, dtype=torch.uint8, device=device)
for _ in range(2):
    torch.cuda.synchronize(); begun = time.time()
    for _ in range(4): target.copy_(pinned, non_blocking=True)
    torch.cuda.synchronize(); seconds = time.time() - begun
print((4 << 30) / seconds / 1e9)
"""


class Bench:
    def __init__(self, options):
        self.model = pathlib.Path(options.folder) / f"qwen2-3b-shape-{options.layers}"
        self.logs = pathlib.Path(options.logs or tempfile.mkdtemp(prefix="bench-gpu-"))
        self.logs.mkdir(parents=True, exist_ok=True)
        self.layers = options.layers
        self.seconds = options.seconds
        self.failed = []
        self.document = [f"Hardware: {self.hardware()}.\n"]

    @staticmethod
    def hardware():
        gpus = nvidia_smi("--query-gpu=name,driver_version")
        return f"{len(gpus)} x {gpus[0]}, {os.cpu_count()} CPUs" if gpus else f"no GPU, {os.cpu_count()} CPUs"

    def log(self, name):
        return self.logs / f"{name}.log"

    def say(self, text):
        print(text, flush=True)
        self.document.append(text)

    def part(self, name, run):
        print(f"\n== {name}", flush=True)
        try:
            run()
        except Exception as e:
            self.failed.append(name)
            print(f"{name} failed: {e}", flush=True)

    def beside_transformers(self):
        flags = ["--policy", "GpuOnly", "--dtype", "BFloat16", *SERVING]
        us = compare.ours(self.model, self.log("plimsoll"), flags, TOKENS, (1, 8))
        them = compare.theirs(self.model, self.log("transformers"), "bfloat16", "cuda:0", TOKENS, (1, 8))
        table = compare.table("A 3B-shaped model in BFloat16 on one GPU", us, them)
        print(table.text(), flush=True)
        self.document.append(table.markdown())
        for line in compare.predictions(us["report"]):
            self.say(line)
        tiny = checkpoint.write(self.model.parent / "tiny-shape", **TINY)
        base = compare.ours(tiny, self.log("tiny"), flags, 1, ())
        self.say(
            f"host peak, anonymous + shared: {us['promised']:.0f} MiB, of which the engine's own base (the same server"
            f" with a model of 4 tiny layers) is {base['promised']:.0f} MiB"
        )
        parts = us["report"]["load"]["startUp"]
        self.say(
            f"ready {us['ready']:.2f} s after the process began; parts overlap: "
            + ", ".join(f"{name} {seconds:.2f}" for name, seconds in parts.items())
        )
        together = parts["read"] + parts["copy"]
        self.say(
            f"of the load, the readers' mean: reading {parts['read']:.3f} s, copies on the GPU {parts['copy']:.3f} s,"
            f" together {us['load'] * us['speed'] / together:.1f} GB/s"
        )

    def latency(self):
        """Steps, first tokens and a mixed load of up to 128 sequences; transformers' steps in the same run."""
        counts, prompts, mixed = (1, 8, 32, 128), [(1, 128), (1, 512), (1, 3500), (32, 128)], latency.mixed()
        client = latency.Client(API)
        flags = ["--policy", "GpuOnly", "--dtype", "BFloat16", "--max-sequences", 128, "--memory-host", "16Gi"]
        with serving(self.model, self.log("latency"), *flags, "--max-sequence-tokens", 4096) as server:
            latency.mixed_rate(client, mixed[:64], 128)
            steps = {count: latency.step(client, count) for count in counts}
            sampled = {count: latency.step(client, count, temperature=1, top_p=0.95) for count in counts}
            firsts = {(1, length): latency.first_token(client, length) for _, length in prompts[:3]}
            firsts[prompts[3]] = latency.last_first_token(client, *prompts[3])
            between = latency.between_tokens(client)
            rate = latency.mixed_rate(client, mixed, 128)
            chats = latency.chat_rate(client), latency.chat_rate(client, response_format=latency.JSON_LIST)
            report, host = server.report(), server.watched.promised
        them = compare.theirs(
            self.model, self.log("latency-transformers"), "bfloat16", "cuda:0", TOKENS, counts, prompts, starts=1
        )
        table = Table("Steps of a 3B-shaped model in BFloat16 on one GPU")
        for count in counts:
            rows = f"{count} sequence{'s' if count > 1 else ''}"
            table.add(f"{rows}, ms a step", steps[count], 1000 * count / them["rates"][count])
            table.add(f"{rows}, temperature 1, top_p 0.95, ms", sampled[count], None)
        for count, length in prompts:
            what = f"first token of {length}, ms" if count == 1 else f"last first token of {count} x {length}, ms"
            table.add(what, firsts[count, length], them["prompts"][count, length], unit="{:.1f}")
        table.add("mixed load, 128 sequences, tokens per second", rate, None, more_is_better=True, unit="{:.0f}")
        print(table.text(), flush=True)
        self.document.append(table.markdown())
        self.say(
            f"between tokens of 16 sequences while a prompt of 512 arrives every 100 ms: {between[0]:.2f} ms in the"
            f" middle, {between[1]:.2f} ms at the 99th percentile ({between[1] / between[0]:.2f}x)"
        )
        self.say(
            f"64 chats at once, tokens per second: {chats[0]:.0f}, and {chats[1]:.0f} where the answers are held to a"
            f" schema ({chats[1] / chats[0]:.2f}x)"
        )
        engine = report["engine"]
        self.say(f"steps of up to {engine['maxBatchedTokens']} tokens by {engine['name']}; host peak {host / MIB:.0f} MiB")
        for line in compare.predictions(report):
            self.say(line)

    def soak(self):
        """Host memory of minutes of mixed load: what it is at the end is what it was when the first load ended."""
        client, mixed = latency.Client(API), latency.mixed()
        flags = ["--policy", "GpuOnly", "--dtype", "BFloat16", "--max-sequences", 128, "--memory-host", "16Gi"]
        with serving(self.model, self.log("soak"), *flags, "--max-sequence-tokens", 4096) as server:
            planned = server.report()["plan"]["host"]
            begun = told = time.time()
            latency.mixed_rate(client, mixed, 128)
            first, loads, rates = server.watched.promised, 0, []
            while time.time() - begun < self.seconds:
                rates.append(latency.mixed_rate(client, mixed, 128))
                loads += 1
                if time.time() - told > 60 or time.time() - begun >= self.seconds:
                    told = time.time()
                    print(f"  {told - begun:.0f} s: host peak {server.watched.promised / MIB:.0f} MiB", flush=True)
            end = server.watched.promised
        self.say(
            f"after {self.seconds:.0f} s of mixed load, {loads} times 512 requests at {min(rates):.0f} to {max(rates):.0f}"
            f" tokens per second: host peak {end / MIB:.0f} MiB ({first / MIB:.0f} MiB after the first 512); planned"
            f" {planned / MIB:.0f} MiB"
        )

    def offload(self):
        link = float(subprocess.run([sys.executable, "-c", LINK], capture_output=True, text=True, check=True).stdout)
        flags = ["--policy", "Auto", "--memory-gpu", "3Gi", "--dtype", "BFloat16", *SERVING]
        with serving(self.model, self.log("offload"), *flags) as server:
            report = server.report()
            rate = server.rate([compare.PROMPT], TOKENS)
        held = next(d for d in report["devices"] if d["name"] == "host")["measured"]["weights"]
        speed = held * rate / 1e9
        self.say(
            f"Auto under memory.gpu 3Gi streams {held / 1e9:.2f} GB for every step: {rate:.2f} steps per second,"
            f" {speed:.1f} GB/s, {100 * speed / link:.0f} % of the link's {link:.1f} GB/s"
        )
        for line in compare.predictions(report):
            self.say(line)

    def host_ceiling(self):
        """In a container whose memory is below the model's size, and in one of a third of it."""
        size = sum(file.stat().st_size for file in self.model.glob("*.safetensors"))
        for part in (0.6, 1 / 3):
            group = MemoryGroup("plimsoll-bench", int(size * part))
            try:
                flags = ["--policy", "GpuOnly", "--dtype", "BFloat16", *SERVING]
                with serving(self.model, self.log("ceiling"), *flags, enter=group.enter) as server:
                    server.generate(compare.PROMPT, 4)
                    counts = group.counts()
                shown = ", ".join(f"{name} {value / MIB:.0f} MiB" for name, value in counts.items() if value and name != "killed")
                self.say(f"under a limit of {size * part / MIB:.0f} MiB: {shown}, {counts['killed']} processes killed")
                if counts["killed"]:
                    raise RuntimeError("the kernel killed for memory")
            finally:
                group.remove()

    def two_gpus(self):
        tokens = {}
        for name, visible in (("one", "0"), ("two", "0,1")):
            flags = ["--policy", "Balanced", "--dtype", "Float32", *SERVING]
            environment = {**os.environ, "CUDA_VISIBLE_DEVICES": visible}
            with serving(self.model, self.log(f"gpus-{name}"), *flags, environment=environment) as server:
                tokens[name] = server.generate(compare.PROMPT, TOKENS)
                load = server.report()["load"]
                self.say(f"Float32 on {name} of the GPUs: {load['bytesPerSecond'] / 1e9:.1f} GB/s of the checkpoint")
        self.say(f"tokens of one and of two GPUs are {'equal' if tokens['one'] == tokens['two'] else 'DIFFERENT'}")
        if tokens["one"] != tokens["two"]:
            raise RuntimeError(f"{tokens['one']} and {tokens['two']}")


def main():
    cache = os.environ.get("PLIMSOLL_CACHE", os.path.expanduser("~/.cache/plimsoll"))
    parser = argparse.ArgumentParser(prog="bench-gpu")
    parser.add_argument("--folder", default=os.environ.get("PLIMSOLL_BENCH_DIR", f"{cache}/bench"))
    parser.add_argument("--layers", type=int, default=36)
    parser.add_argument("--logs", help="folder for what the servers print")
    parser.add_argument("--only", help="a part of it: transformers, latency, offload, ceiling, gpus or soak")
    parser.add_argument("--seconds", type=float, default=3600, help="of soak, which runs only when asked for")
    parser.add_argument("--markdown", help="file for the tables")
    options = parser.parse_args()
    if Bench.hardware().startswith("no GPU"):
        sys.exit("bench-gpu: nvidia-smi shows no GPU here; `make bench` compares on the CPU")
    if "PYTORCH_LIBRARY_PATH" not in os.environ:
        made = subprocess.run([ROOT / "model-server/libtorch-cuda"], stdout=subprocess.PIPE, text=True, check=True)
        os.environ["PYTORCH_LIBRARY_PATH"] = f"{made.stdout.strip()}/torch/lib"
    bench = Bench(options)
    print(f"logs: {bench.logs}", flush=True)
    bench.part("checkpoint", lambda: checkpoint.write(bench.model, options.layers))
    parts = {
        "transformers": bench.beside_transformers,
        "latency": bench.latency,
        "offload": bench.offload,
        "ceiling": bench.host_ceiling,
        "gpus": bench.two_gpus,
    }
    if bench.hardware().startswith("1 x"):
        print("\none GPU: splitting over two is left out", flush=True)
        parts.pop("gpus")
    if options.only == "soak":
        parts = {"soak": bench.soak}
    for name, run in parts.items():
        if options.only in (None, name):
            bench.part(name, run)
    if options.markdown:
        pathlib.Path(options.markdown).write_text("\n".join(bench.document) + "\n")
    sys.exit(1 if bench.failed else 0)


main()
