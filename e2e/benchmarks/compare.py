"""The same checkpoint by both servers, one after the other, from warm files."""

import json
import os
import pathlib
import sys
import time

from benchmarks.process import MIB, Watched, warm
from benchmarks.server import serving
from benchmarks.table import Table

HERE = pathlib.Path(__file__).resolve().parent
PEER_SECONDS = 400
PROMPT = [11, 22, 33, 44]
ONE_GPU = {**os.environ, "CUDA_VISIBLE_DEVICES": "0"}


def prompts(count):
    return [[11, 22, 33, 44 + i] for i in range(count)]


def ours(model, log, flags, tokens, sequences):
    """What a run of Plimsoll gave; the last of two starts counts, so that libraries are warm for it, too."""
    for _ in range(2):
        warm(model)
        with serving(model, log, *flags, environment=ONE_GPU) as server:
            server.generate(PROMPT, 1)
            first_token = time.time() - server.watched.started
            report = server.report()
            gpu = server.watched.gpu_bytes()
            rates = {count: server.rate(prompts(count), tokens) for count in sequences}
    load, watched = report["load"], server.watched
    return {
        "load": load["seconds"],
        "speed": load["bytesPerSecond"] / 1e9,
        "first_token": first_token,
        "ready": load["startToReadySeconds"],
        "promised": watched.promised / MIB,
        "resident": watched.resident / MIB,
        "gpu": gpu and gpu / MIB,
        "rates": rates,
        "report": report,
    }


def theirs(model, log, dtype, device, tokens, sequences, prompts=(), starts=2):
    """The same of transformers, the last of two starts; of `prompts`, (count, tokens), the time of one step each."""
    for _ in range(starts):
        warm(model)
        command = [sys.executable, str(HERE / "peer.py"), str(time.time()), str(model), dtype, device, str(tokens)]
        watched = Watched([*command, json.dumps(sequences), json.dumps(prompts)], log, ONE_GPU)
        try:
            found = _said(watched)
            gpu = watched.gpu_bytes()
        finally:
            watched.stop()
    size = sum(file.stat().st_size for file in pathlib.Path(model).glob("*.safetensors"))
    return {
        **found,
        "speed": size / found["load"] / 1e9,
        "promised": watched.promised / MIB,
        "resident": watched.resident / MIB,
        "gpu": gpu and gpu / MIB,
    }


def _said(watched):
    deadline = time.time() + PEER_SECONDS
    while watched.running() and time.time() < deadline:
        lines = [json.loads(line) for line in watched.log.read_text().splitlines() if line.startswith("{")]
        if lines and lines[-1].get("done"):
            rates = {line["sequences"]: line["rate"] for line in lines if "sequences" in line}
            prompts = {tuple(line["prompts"]): line["milliseconds"] for line in lines if "prompts" in line}
            return {
                **{key: value for line in lines for key, value in line.items()},
                "rates": rates,
                "prompts": prompts,
            }
        time.sleep(0.02)
    raise RuntimeError("transformers did not end:\n" + watched.tail())


def table(title, us, them):
    result = Table(title)
    result.add("load, seconds", us["load"], them["load"])
    result.add("load, GB/s", us["speed"], them["speed"], more_is_better=True)
    result.add("process start to first token, seconds", us["first_token"], them["first_token"])
    result.add("host peak, anonymous + shared, MiB", us["promised"], them["promised"], unit="{:.0f}")
    result.add("host peak, resident, MiB", us["resident"], them["resident"], unit="{:.0f}")
    if us["gpu"]:
        result.add("GPU, MiB", us["gpu"], them["gpu"], unit="{:.0f}")
    for count, rate in us["rates"].items():
        what = f"{count} sequence{'s' if count > 1 else ''}, tokens per second"
        result.add(what, rate, them["rates"].get(count), more_is_better=True, unit="{:.1f}")
    return result


def predictions(report):
    """What was planned for each device beside what was measured there."""
    measured = {device["name"]: device.get("measured") or {} for device in report["devices"]}
    lines = []
    for device in report["plan"]["devices"]:
        process = measured.get(device["name"], {}).get("process")
        if process and device["name"].startswith("gpu"):
            error = 100 * (device["total"] - process) / process
            lines.append(
                f"{device['name']}: predicted {device['total'] / MIB:.0f} MiB, measured {process / MIB:.0f} MiB"
                f" ({error:+.1f} %)"
            )
    return lines
