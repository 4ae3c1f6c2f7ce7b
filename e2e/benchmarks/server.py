"""Plimsoll's model server under measurement."""

import concurrent.futures
import contextlib
import json
import pathlib
import time
import urllib.error
import urllib.request

from benchmarks.process import Watched

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
API, MANAGEMENT = 18000, 19000
READY_SECONDS = 300


class Server:
    """A model being served; `prompt` is token ids, so that no tokenizer is needed."""

    def __init__(self, watched):
        self.watched = watched

    def report(self):
        return json.loads(_get(f"http://127.0.0.1:{MANAGEMENT}/placement"))

    def wait(self):
        while self.watched.running() and time.time() - self.watched.started < READY_SECONDS:
            try:
                return _get(f"http://127.0.0.1:{MANAGEMENT}/q/health/ready")
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.01)
        raise RuntimeError("the server did not become ready:\n" + self.watched.tail())

    def generate(self, prompt, tokens):
        """Token ids of one sequence, greedy."""
        body = {"model": "bench", "prompt": prompt, "max_tokens": tokens, "ignore_eos": True, "temperature": 0}
        request = urllib.request.Request(
            f"http://127.0.0.1:{API}/v1/completions", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=600) as answer:
            return json.load(answer)["choices"][0].get("token_ids")

    def rate(self, prompts, tokens):
        """Tokens per second of all prompts at once; once before, unmeasured."""
        for _ in range(2):
            with concurrent.futures.ThreadPoolExecutor(len(prompts)) as pool:
                begun = time.time()
                list(pool.map(lambda prompt: self.generate(prompt, tokens), prompts))
        return len(prompts) * tokens / (time.time() - begun)


@contextlib.contextmanager
def serving(model, log, *flags, environment=None, enter=list):
    command = [ROOT / "model-server/plimsoll", "serve", "--model", model, "--served-name", "bench"]
    command += ["--port", API, "--management-port", MANAGEMENT, *flags]
    watched = Watched(enter([str(part) for part in command]), log, environment)
    try:
        server = Server(watched)
        server.wait()
        yield server
    finally:
        watched.stop()


def _get(url):
    with urllib.request.urlopen(url, timeout=5) as answer:
        return answer.read()
