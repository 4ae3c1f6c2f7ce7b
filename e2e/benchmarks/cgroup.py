"""A memory cgroup of version 2 or 1 for one process, and what it counted."""

import contextlib
import pathlib

V2, V1 = pathlib.Path("/sys/fs/cgroup"), pathlib.Path("/sys/fs/cgroup/memory")


class MemoryGroup:
    """Limits whoever `enter` starts; `counts` are bytes, and the number of processes killed for memory."""

    def __init__(self, name, limit):
        self.second = (V2 / "cgroup.controllers").exists()
        self.path = (V2 if self.second else V1) / name
        if self.second:
            (V2 / "cgroup.subtree_control").write_text("+memory")
        self.path.mkdir(exist_ok=True)
        (self.path / ("memory.max" if self.second else "memory.limit_in_bytes")).write_text(str(limit))

    def enter(self, command):
        """`command`, to be run inside."""
        return ["sh", "-c", f'echo $$ >{self.path}/cgroup.procs && exec "$@"', "sh", *command]

    def counts(self):
        stat = dict(line.split() for line in (self.path / "memory.stat").read_text().splitlines())
        names = ("anon", "shmem", "file") if self.second else ("total_rss", "total_shmem", "total_cache")
        peak = "memory.peak" if self.second else "memory.max_usage_in_bytes"
        events = "memory.events" if self.second else "memory.oom_control"
        kills = dict(line.split() for line in (self.path / events).read_text().splitlines())
        return {
            **{short: int(stat.get(name, 0)) for short, name in zip(("anon", "shmem", "file"), names)},
            "peak": int((self.path / peak).read_text()) if (self.path / peak).exists() else None,
            "killed": int(kills.get("oom_kill", 0)),
        }

    def remove(self):
        with contextlib.suppress(OSError):
            self.path.rmdir()
