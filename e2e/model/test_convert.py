"""Run with the converter's packages: `./python -m unittest`."""

import hashlib
import unittest

import numpy as np

import convert_smollm2 as convert


class Names(unittest.TestCase):
    def test_follow_hugging_face(self):
        self.assertEqual("model.layers.7.self_attn.q_proj.weight", convert.hugging_face_name("blk.7.attn_q.weight"))
        self.assertEqual("model.layers.0.mlp.gate_proj.weight", convert.hugging_face_name("blk.0.ffn_gate.weight"))

    def test_unknown_ones_are_refused(self):
        with self.assertRaisesRegex(ValueError, "rope_freqs"):
            convert.hugging_face_name("rope_freqs.weight")


class Permutation(unittest.TestCase):
    def test_halves_of_a_head_are_put_back(self):
        original = np.arange(8).reshape(8, 1)
        interleaved = np.array([0, 2, 1, 3, 4, 6, 5, 7]).reshape(8, 1)
        np.testing.assert_array_equal(original, convert.unpermute(interleaved, heads=2))


class Rounding(unittest.TestCase):
    def test_is_to_nearest_even(self):
        below_half, half_to_even, half_up, above_half = 0x3F800001, 0x3F808000, 0x3F818000, 0x3F808001
        values = np.array([below_half, half_to_even, half_up, above_half], dtype=np.uint32).view(np.float32)
        self.assertEqual([0x3F80, 0x3F80, 0x3F82, 0x3F81], convert.bfloat16(values).tolist())


class Digests(unittest.TestCase):
    def test_the_golden_one_passes(self):
        convert.check_digest("t", b"bytes", {"t": hashlib.sha256(b"bytes").hexdigest()[:16]})

    def test_another_is_refused(self):
        with self.assertRaisesRegex(ValueError, "t: digest .* the goldens say 0123"):
            convert.check_digest("t", b"bytes", {"t": "0123"})

    def test_a_tensor_without_one_is_refused(self):
        with self.assertRaisesRegex(ValueError, "t: not among"):
            convert.check_digest("t", b"bytes", {})


if __name__ == "__main__":
    unittest.main()
