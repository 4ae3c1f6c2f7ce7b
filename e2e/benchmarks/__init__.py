"""Plimsoll beside transformers: one machine, the same files, the same run."""
