"""A process that is watched while it runs: what it takes of the host and of the GPUs."""

import pathlib
import re
import shutil
import subprocess
import threading
import time

INTERVAL_SECONDS = 0.005
MIB = 1 << 20


def status(text):
    """Bytes by name of /proc/PID/status."""
    return {name: int(kib) * 1024 for name, kib in re.findall(r"^(\w+):\s+(\d+) kB$", text, re.MULTILINE)}


class Watched:
    """`command`, and the peak of its anonymous and shared memory, sampled from outside."""

    def __init__(self, command, log, environment=None):
        self.log = pathlib.Path(log)
        self.started = time.time()
        with open(log, "wb") as out:
            self.process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment)
        self.promised = self.resident = 0
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def _watch(self):
        path = pathlib.Path(f"/proc/{self.process.pid}/status")
        while self.process.poll() is None:
            try:
                now = status(path.read_text())
            except OSError:
                break
            self.promised = max(self.promised, now.get("RssAnon", 0) + now.get("RssShmem", 0))
            self.resident = max(self.resident, now.get("VmHWM", 0))
            time.sleep(INTERVAL_SECONDS)

    def gpu_bytes(self):
        """What the driver says that it takes on all GPUs together; None where it says nothing."""
        rows = [line.split(",") for line in nvidia_smi("--query-compute-apps=pid,used_memory")]
        used = [int(mib) * MIB for pid, mib in rows if int(pid) == self.process.pid and mib.strip().isdigit()]
        return sum(used) if used else None

    def running(self):
        return self.process.poll() is None

    def tail(self, lines=15):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._watcher.join()


def nvidia_smi(query):
    """Lines that it prints; none where it is not installed."""
    if not shutil.which("nvidia-smi"):
        return []
    command = ["nvidia-smi", query, "--format=csv,noheader,nounits"]
    return subprocess.run(command, capture_output=True, text=True).stdout.strip().splitlines()


def warm(folder):
    """Reads every file, so that none comes from the disk afterwards."""
    for file in pathlib.Path(folder).iterdir():
        with open(file, "rb") as data:
            while data.read(64 * MIB):
                pass
