// Attention of prompts with mma, for GPUs that have no wgmma.
#pragma once
#include "attention.cu"
#ifndef __CUDA_ARCH_FEAT_SM90_ALL

INLINE void copy16(u32 to, const element* from, bool inside) {       // zeros where it is not inside
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" :: "r"(to), "l"(from), "r"(inside ? 16 : 0) : "memory");
}
INLINE void commit_copies() { asm volatile("cp.async.commit_group;" ::: "memory"); }
template <int LEFT> INLINE void await_copies() { asm volatile("cp.async.wait_group %0;" :: "n"(LEFT) : "memory"); }
INLINE void load_matrices(u32 (&r)[4], u32 address) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];" : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(address) : "memory");
}
INLINE void load_transposed(u32 (&r)[4], u32 address) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];" : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(address) : "memory");
}

// Tokens of a prompt attend, each to those before it: a block takes up to ROWS tokens of one prompt and one head, and
// goes over the keys 64 at a time, the next ones being copied meanwhile. A warp has 32 of the tokens, in two parts of 16
// that share what is read of keys and values.
// grid (heads, tiles), block ROWS; dynamic shared memory: 4 * 64 * WIDTH + ROWS * WIDTH elements.
template <int WIDTH, int ROWS> INLINE void prompt(const Attention& a) {
  constexpr int KEYS = 64, CHUNKS = WIDTH / 8, THREADS = ROWS, TILE = KEYS * WIDTH, PARTS = 2;
  extern __shared__ __align__(128) element memory[];
  release_next();
  await_previous();
  const int w = threadIdx.x >> 5, lane = threadIdx.x & 31, g = lane >> 2, t = lane & 3;
  const int4 tile = a.tiles[gridDim.y - 1 - blockIdx.y];              // the longest first
  const int first = tile.x, count = tile.y, head = blockIdx.x, kv_head = head / (a.heads / a.kv_heads);
  const int* table = a.pages + (i64)tile.z * a.header[0];
  const int position = a.positions[first], seen = position + count, first_key = a.window > 0 ? max(0, position + 1 - a.window) : 0;
  const i64 stride = (i64)a.kv_heads * WIDTH, width = (i64)(a.heads + 2 * a.kv_heads) * WIDTH;
  // Chunks of 16 bytes of a row are permuted by the row, so that ldmatrix meets no bank conflict.
  auto place = [](int row, int chunk) { return row * WIDTH + ((chunk ^ (row & 7)) * 8); };
  element* queries = memory + 4 * TILE;
  auto copy_keys = [&](int key0, int buffer) {
#pragma unroll 2
    for (int i = 0; i < KEYS * CHUNKS / THREADS; i++) {
      const int c = i * THREADS + threadIdx.x, key = c / CHUNKS, chunk = c % CHUNKS, at = key0 + key;
      const bool inside = at >= first_key && at < seen;     // others may be anything, NaN included
      const i64 from = ((i64)(inside ? table[at / PAGE] : 0) * PAGE + at % PAGE) * stride + kv_head * WIDTH + chunk * 8;
      copy16(shared_address(memory + buffer * 2 * TILE + place(key, chunk)), a.keys + from, inside);
      copy16(shared_address(memory + buffer * 2 * TILE + TILE + place(key, chunk)), a.values + from, inside);
    }
    commit_copies();
  };
  const int begin = first_key / KEYS * KEYS;
#pragma unroll
  for (int i = 0; i < ROWS * CHUNKS / THREADS; i++) {
    const int c = i * THREADS + threadIdx.x, row = c / CHUNKS, chunk = c % CHUNKS;
    const bool inside = row < count;
    copy16(shared_address(queries + place(row, chunk)), a.qkv + (i64)(first + (inside ? row : 0)) * width + (i64)head * WIDTH + chunk * 8, inside);
  }
  copy_keys(begin, 0);
  float o[PARTS][WIDTH / 8][4], m[PARTS][2], l[PARTS][2];
#pragma unroll
  for (int r = 0; r < PARTS; r++) {
#pragma unroll
    for (int i = 0; i < WIDTH / 8; i++) o[r][i][0] = o[r][i][1] = o[r][i][2] = o[r][i][3] = 0.f;
    m[r][0] = m[r][1] = LOWEST;
    l[r][0] = l[r][1] = 0.f;
  }
  const int row0 = w * 32, first_row = position + row0, end_row = position + min(count, row0 + 32);   // of the warp
  for (int key0 = begin, buffer = 0; key0 < seen; key0 += KEYS, buffer ^= 1) {
    await_copies<0>();
    __syncthreads();
    if (key0 + KEYS < seen) copy_keys(key0 + KEYS, buffer ^ 1);
    const element *keys = memory + buffer * 2 * TILE, *values = keys + TILE;
    if (first_row < end_row && key0 < end_row && (a.window <= 0 || key0 + KEYS > first_row + 1 - a.window)) {
      float s[PARTS][KEYS / 8][4];
#pragma unroll
      for (int r = 0; r < PARTS; r++)
#pragma unroll
        for (int n = 0; n < KEYS / 8; n++) s[r][n][0] = s[r][n][1] = s[r][n][2] = s[r][n][3] = 0.f;
#pragma unroll
      for (int d = 0; d < WIDTH / 16; d++) {
        u32 q[PARTS][4];
#pragma unroll
        for (int r = 0; r < PARTS; r++)
          load_matrices(q[r], shared_address(queries + place(row0 + r * 16 + (lane & 15), d * 2 + (lane >> 4))));
#pragma unroll
        for (int n = 0; n < KEYS / 16; n++) {
          u32 b[4];
          load_matrices(b, shared_address(keys + place(n * 16 + (lane & 7) + (lane >> 4) * 8, d * 2 + ((lane >> 3) & 1))));
#pragma unroll
          for (int r = 0; r < PARTS; r++) {
            mma(s[r][2 * n], q[r][0], q[r][1], q[r][2], q[r][3], b[0], b[1]);
            mma(s[r][2 * n + 1], q[r][0], q[r][1], q[r][2], q[r][3], b[2], b[3]);
          }
        }
      }
      const bool whole = key0 + KEYS <= first_row + 1 && (a.window <= 0 || key0 > first_row + 31 - a.window);
#pragma unroll
      for (int r = 0; r < PARTS; r++) {
        if (!whole)
#pragma unroll
          for (int n = 0; n < KEYS / 8; n++)
#pragma unroll
            for (int i = 0; i < 4; i++) {
              const int key = key0 + n * 8 + 2 * t + (i & 1), at = first_row + r * 16 + g + (i >> 1) * 8;
              if (key > at || (a.window > 0 && key <= at - a.window)) s[r][n][i] = LOWEST;
            }
#pragma unroll
        for (int h = 0; h < 2; h++) {
          float top = m[r][h];
#pragma unroll
          for (int n = 0; n < KEYS / 8; n++) top = fmaxf(top, fmaxf(s[r][n][2 * h], s[r][n][2 * h + 1]));
          top = fmaxf(top, __shfl_xor_sync(~0u, top, 1));
          top = fmaxf(top, __shfl_xor_sync(~0u, top, 2));
          const float fade = exp2_fast((m[r][h] - top) * a.scale), scaled = top * a.scale;
          m[r][h] = top;
          float sum = 0.f;
#pragma unroll
          for (int n = 0; n < KEYS / 8; n++)
#pragma unroll
            for (int i = 2 * h; i < 2 * h + 2; i++) {
              const float p = exp2_fast(s[r][n][i] * a.scale - scaled);
              s[r][n][i] = whole || s[r][n][i] != LOWEST ? p : 0.f;   // a row may see nothing yet: then p is not 0
              sum += s[r][n][i];
            }
          l[r][h] = l[r][h] * fade + sum;
          if (!__all_sync(~0u, fade == 1.f))                          // the largest score is seldom a new one
#pragma unroll
            for (int d = 0; d < WIDTH / 8; d++) { o[r][d][2 * h] *= fade; o[r][d][2 * h + 1] *= fade; }
        }
      }
#pragma unroll
      for (int n = 0; n < KEYS / 16; n++) {
        u32 p[PARTS][4];
#pragma unroll
        for (int r = 0; r < PARTS; r++) {
          p[r][0] = pack(s[r][2 * n][0], s[r][2 * n][1]);
          p[r][1] = pack(s[r][2 * n][2], s[r][2 * n][3]);
          p[r][2] = pack(s[r][2 * n + 1][0], s[r][2 * n + 1][1]);
          p[r][3] = pack(s[r][2 * n + 1][2], s[r][2 * n + 1][3]);
        }
#pragma unroll
        for (int d = 0; d < WIDTH / 16; d++) {
          u32 b[4];
          load_transposed(b, shared_address(values + place(n * 16 + (lane & 15), d * 2 + (lane >> 4))));
#pragma unroll
          for (int r = 0; r < PARTS; r++) {
            mma(o[r][2 * d], p[r][0], p[r][1], p[r][2], p[r][3], b[0], b[1]);
            mma(o[r][2 * d + 1], p[r][0], p[r][1], p[r][2], p[r][3], b[2], b[3]);
          }
        }
      }
    }
    __syncthreads();
  }
#pragma unroll
  for (int r = 0; r < PARTS; r++)
#pragma unroll
    for (int h = 0; h < 2; h++) {
      l[r][h] += __shfl_xor_sync(~0u, l[r][h], 1);
      l[r][h] += __shfl_xor_sync(~0u, l[r][h], 2);
      const int row = row0 + r * 16 + g + h * 8;
      if (row >= count) continue;
      const float inverse = 1.f / l[r][h];
      element* out = a.out + ((i64)(first + row) * a.heads + head) * WIDTH;
#pragma unroll
      for (int d = 0; d < WIDTH / 8; d++) *(u32*)(out + d * 8 + 2 * t) = pack(o[r][d][2 * h] * inverse, o[r][d][2 * h + 1] * inverse);
    }
}
extern "C" __global__ void __launch_bounds__(128, 2) prompt_64(const Attention a) { prompt<64, 128>(a); }
extern "C" __global__ void __launch_bounds__(128, 2) prompt_128(const Attention a) { prompt<128, 128>(a); }
#endif
