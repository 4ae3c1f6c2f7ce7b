"""What needs neither a GPU nor a server; run from the folder above."""

import json
import pathlib
import struct
import tempfile
import unittest

from benchmarks import checkpoint
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
