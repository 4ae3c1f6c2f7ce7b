"""What needs neither a GPU nor a server; run from the folder above."""

import asyncio
import json
import pathlib
import struct
import tempfile
import unittest

from benchmarks import checkpoint, latency
from benchmarks.process import status
from benchmarks.table import Table, ratio


class Ratios(unittest.TestCase):
    def test_are_in_our_favour_above_one(self):
        self.assertEqual("2.00x", ratio(1.0, 2.0, more_is_better=False))
        self.assertEqual("0.50x", ratio(1.0, 2.0, more_is_better=True))

    def test_of_what_was_not_measured_are_not_told(self):
        self.assertEqual("-", ratio(None, 2.0, more_is_better=True))
        table = Table("load")
        table.add("GPU, MiB", 6930.2, None, unit="{:.0f}")
        self.assertIn("| - | GPU, MiB | 6930 | - |", table.markdown())
        self.assertIn("6930", table.text())


class Latency(unittest.TestCase):
    def stream(self, answer, tokens):
        """What the client makes of a server's answer, which comes in two pieces."""

        async def serve(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            half = len(answer) // 2
            writer.write(answer[:half])
            await writer.drain()
            await asyncio.sleep(0.02)
            writer.write(answer[half:])
            writer.close()

        async def run():
            server = await asyncio.start_server(serve, "127.0.0.1", 0)
            async with server:
                client = latency.Client(server.sockets[0].getsockname()[1])
                return await client.stream([1, 2], tokens)

        return asyncio.run(run())

    def test_is_told_by_the_events_of_a_stream(self):
        event = b'data: {"choices":[{"token_ids":[%d]}]}\n\n'
        answer = b"HTTP/1.1 200 OK\r\n\r\n" + event % 7 + event % 8 + b"data: [DONE]\n\n"
        begun, times = self.stream(answer, 2)
        self.assertEqual(2, len(times))
        self.assertTrue(begun <= times[0] < times[1])

    def test_of_what_a_server_refuses_or_leaves_out_is_none(self):
        with self.assertRaisesRegex(RuntimeError, "429"):
            self.stream(b"HTTP/1.1 429 Too Many Requests\r\n\r\n{}", 2)
        with self.assertRaisesRegex(RuntimeError, "0 tokens instead of 2"):
            self.stream(b"HTTP/1.1 200 OK\r\n\r\ndata: [DONE]\n\n", 2)

    def test_loads_are_the_same_everywhere(self):
        load = latency.mixed()
        self.assertEqual(138390, sum(len(prompt) for prompt, _ in load))
        self.assertEqual(89288, sum(output for _, output in load))


class Status(unittest.TestCase):
    def test_gives_bytes(self):
        text = "Name:\tjava\nVmHWM:\t  2048 kB\nRssAnon:\t    1024 kB\nThreads:\t12\n"
        self.assertEqual({"VmHWM": 2 << 20, "RssAnon": 1 << 20}, status(text))


class Checkpoint(unittest.TestCase):
    def test_is_what_its_index_says(self):
        with tempfile.TemporaryDirectory() as folder:
            made = checkpoint.write(
                pathlib.Path(folder) / "x", layers=4, hidden=64, intermediate=96, heads=4, head_dim=16, vocabulary=100
            )
            index = json.loads((made / "model.safetensors.index.json").read_text())
            seen, total = set(), 0
            for file in sorted(set(index["weight_map"].values())):
                data = (made / file).read_bytes()
                (size,) = struct.unpack("<Q", data[:8])
                header = json.loads(data[8 : 8 + size])
                header.pop("__metadata__")
                seen |= set(header)
                ends = [entry["data_offsets"][1] for entry in header.values()]
                self.assertEqual(max(ends), len(data) - 8 - size)
                total += max(ends)
            self.assertEqual(set(index["weight_map"]), seen)
            self.assertEqual(index["metadata"]["total_size"], total)
            self.assertEqual(1 + 1 + 4 * 12, len(seen))
