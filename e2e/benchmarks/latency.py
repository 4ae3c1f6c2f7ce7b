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

    async def connect(self, prompt, tokens, **more):
        """A request on a connection of its own that is not sent yet."""
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
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 22)
        return Request(reader, writer, _head("/v1/completions", text) + text, tokens)

    async def stream(self, prompt, tokens, **more):
        """When the request was sent, and the time of each token; the same number of tokens whatever they are."""
        return await (await self.connect(prompt, tokens, **more)).send()

    async def together(self, prompts, tokens, **more):
        """The same of several that are sent at once: what a client does before is no part of it."""
        requests = [await self.connect(prompt, tokens, **more) for prompt in prompts]
        return await asyncio.gather(*(request.send() for request in requests))

    async def chat(self, text, tokens, **more):
        """How many tokens the answer of a chat has."""
        body = {"model": self.model, "messages": [{"role": "user", "content": text}], "max_tokens": tokens}
        body = json.dumps({**body, "ignore_eos": True, "temperature": 1, **more}).encode()
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 22)
        writer.write(_head("/v1/chat/completions", body) + body)
        try:
            head, answer = (await reader.read()).split(b"\r\n\r\n", 1)
            if b" 200 " not in head.split(b"\r\n")[0]:
                raise RuntimeError((head + answer).decode(errors="replace")[-400:])
            return json.loads(answer)["usage"]["completion_tokens"]
        finally:
            writer.close()


class Request:
    """A completion that is to be streamed."""

    def __init__(self, reader, writer, text, tokens):
        self.reader = reader
        self.writer = writer
        self.text = text
        self.tokens = tokens

    async def send(self):
        """When it was sent, and the time of each token. What is read is understood afterwards: it would take the time of others."""
        begun = time.perf_counter()
        self.writer.write(self.text)
        seen = []
        try:
            status = await self.reader.readline()
            if b" 200 " not in status:
                raise RuntimeError((status + await self.reader.read()).decode(errors="replace")[-400:])
            async for line in self.reader:
                if line.startswith(b"data: {"):
                    seen.append((time.perf_counter(), line))
        finally:
            self.writer.close()
        times = []
        for moment, line in seen:
            event = json.loads(line[6:])
            if "error" in event:
                raise RuntimeError(str(event["error"]))
            times += [moment] * sum(len(choice.get("token_ids") or []) for choice in event.get("choices", []))
        if len(times) != self.tokens:
            raise RuntimeError(f"{len(times)} tokens instead of {self.tokens}")
        return begun, times


def _head(path, body):
    return (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nConnection: close\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode()


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


MOST_WAITING = 250  # requests that come before the server has begun one; it lets 256 wait


def mixed_rate(client, load, sequences):
    """Output tokens per second of requests that come at once, as far as the server lets them wait."""

    async def run():
        let_in = asyncio.Semaphore(MOST_WAITING)

        async def more():
            await asyncio.sleep(0.2)
            for _ in range(sequences + 192 - MOST_WAITING):
                let_in.release()

        async def one(prompt, output):
            async with let_in:
                await client.stream(prompt, output)

        await asyncio.gather(more(), *(one(prompt, output) for prompt, output in load))

    begun = time.perf_counter()
    asyncio.run(run())
    return sum(output for _, output in load) / (time.perf_counter() - begun)


def chat_rate(client, chats=64, tokens=128, **more):
    """Tokens per second of chats that are sent at once, after one that is not counted."""

    async def run(count):
        return sum(await asyncio.gather(*(client.chat(f"say something {i}", tokens, **more) for i in range(count))))

    asyncio.run(run(1))
    begun = time.perf_counter()
    made = asyncio.run(run(chats))
    return made / (time.perf_counter() - begun)


LIST = {"type": "array", "minItems": 64, "items": {"type": "string"}}
JSON_LIST = {"type": "json_schema", "json_schema": {"name": "list", "schema": LIST}}
