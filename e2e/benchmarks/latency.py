"""What a server's clients feel: milliseconds of a step and to the first token, alone and while others arrive."""

import asyncio
import json
import math
import random
import statistics
import time


class Client:
    """Streams completions of token ids, one connection each."""

    def __init__(self, port, model="bench"):
        self.port = port
        self.model = model

    async def stream(self, prompt, tokens, **more):
        """When the request was sent, and the time of each token; the same number of tokens whatever they are."""
        body = {
            "model": self.model,
            "prompt": prompt,
            "max_tokens": tokens,
            "ignore_eos": True,
            "temperature": 0,
            "stream": True,
            "return_token_ids": True,
            **more,
        }
        text = json.dumps({name: value for name, value in body.items() if value is not None}).encode()
        head = f"POST /v1/completions HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {len(text)}\r\n\r\n"
        begun = time.perf_counter()
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 22)
        writer.write(head.encode() + text)
        times = []
        try:
            status = await reader.readline()
            if b" 200 " not in status:
                raise RuntimeError((status + await reader.read()).decode(errors="replace")[-400:])
            async for line in reader:
                if line.startswith(b"data: {"):
                    now = time.perf_counter()
                    event = json.loads(line[6:])
                    if "error" in event:
                        raise RuntimeError(str(event["error"]))
                    times += [now] * sum(len(choice.get("token_ids") or []) for choice in event.get("choices", []))
        finally:
            writer.close()
        if len(times) != tokens:
            raise RuntimeError(f"{len(times)} tokens instead of {tokens}")
        return begun, times

    async def together(self, prompts, tokens, **more):
        return await asyncio.gather(*(self.stream(prompt, tokens, **more) for prompt in prompts))


def ids(count, seed):
    draw = random.Random(seed)
    return [draw.randrange(5, 150000) for _ in range(count)]


def step(client, sequences, tokens=128, **more):
    """Milliseconds from one token to the next of that many sequences, while all of them decode."""
    prompts = [ids(4, i) for i in range(sequences)]
    asyncio.run(client.together(prompts, 8, **more))
    times = [stream[1] for stream in asyncio.run(client.together(prompts, tokens, **more))]
    begin, end = max(stream[0] for stream in times), min(stream[-1] for stream in times)
    steps = min(sum(1 for moment in stream if begin <= moment <= end) for stream in times)
    return 1000 * (end - begin) / max(1, steps - 1)


def first_token(client, length, times=7):
    """Milliseconds from request to first token, the median; each prompt is new."""
    found = []
    for i in range(times):
        begun, tokens = asyncio.run(client.stream(ids(length, 100 * length + i), 2))
        found.append(1000 * (tokens[0] - begun))
    return statistics.median(found)


def last_first_token(client, prompts=32, length=128, times=3):
    """Milliseconds until each of several prompts that arrive at once has its first token, the median."""
    found = []
    for i in range(times):
        streams = asyncio.run(client.together([ids(length, 1000 * i + k) for k in range(prompts)], 8))
        found.append(1000 * (max(tokens[0] for _, tokens in streams) - min(begun for begun, _ in streams)))
    return statistics.median(found)


def between_tokens(client, decoding=16, length=512, seconds=4.0, every=0.1):
    """(p50, p99) milliseconds between tokens of sequences that decode, while a new prompt arrives every so often."""

    async def run():
        arrived = []

        async def arrive():
            end = time.perf_counter() + seconds
            for i in range(10**6):
                if time.perf_counter() > end:
                    break
                arrived.append(asyncio.create_task(client.stream(ids(length, 5000 + i), 8)))
                await asyncio.sleep(every)

        others = asyncio.create_task(arrive())
        streams = await client.together([ids(16, 4000 + i) for i in range(decoding)], int(seconds / 0.006))
        others.cancel()
        await asyncio.gather(others, *arrived, return_exceptions=True)
        begin, end = max(times[0] for _, times in streams), min(times[-1] for _, times in streams)
        gaps = []
        for _, times in streams:
            gaps += [1000 * (b - a) for a, b in zip(times, times[1:]) if a >= begin and b <= end]
        return gaps

    gaps = sorted(asyncio.run(run()))
    return gaps[len(gaps) // 2], gaps[len(gaps) * 99 // 100]


def mixed(count=512, seed=7):
    """[(prompt, output tokens)] with lengths as log-normal as those of people."""
    draw = random.Random(seed)
    made = []
    for _ in range(count):
        prompt = min(2048, max(16, int(math.exp(draw.gauss(5.2, 1.0)))))
        output = min(512, max(16, int(math.exp(draw.gauss(4.9, 0.8)))))
        made.append(([draw.randrange(5, 150000) for _ in range(prompt)], output))
    return made


def mixed_rate(client, load, sequences):
    """Output tokens per second of requests that come at once, as far as the server lets them wait."""

    async def run():
        let_in = asyncio.Semaphore(sequences + 192)

        async def one(prompt, output):
            async with let_in:
                await client.stream(prompt, output)

        await asyncio.gather(*(one(prompt, output) for prompt, output in load))

    begun = time.perf_counter()
    asyncio.run(run())
    return sum(output for _, output in load) / (time.perf_counter() - begun)
