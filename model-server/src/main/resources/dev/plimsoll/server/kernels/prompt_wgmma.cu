// Attention of prompts with wgmma, for compute capability 9.0.
#pragma once
#include "attention.cu"
#include "mbarrier.cuh"
#include "wgmma.cuh"
#ifdef __CUDA_ARCH_FEAT_SM90_ALL

// Tokens of a prompt attend, each to those before it: a block takes up to 128 tokens of one prompt and one head, and goes
// over the keys 128 at a time. One warpgroup copies keys and values into two stages; two multiply, 64 tokens each: while
// the scores of the next keys and the output of the last ones are multiplied, the other warpgroup exponentiates. A matrix
// in shared memory lies in panels of 64 columns, as wgmma wants them.
// grid (heads, tiles), block 384; dynamic shared memory: PROMPT_BYTES(WIDTH).
constexpr int TILE = 128, PANEL = TILE * 128;                         // bytes of a panel: 128 rows of 64 elements
enum { FULL_KEYS = 0, FULL_VALUES = 2, EMPTY_KEYS = 4, EMPTY_VALUES = 6, FULL_QUERIES = 8, BARRIERS = 9 };

INLINE void copy16_async(u32 to, const element* from, bool inside) {  // zeros where it is not inside
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" :: "r"(to), "l"(from), "r"(inside ? 16 : 0) : "memory");
}
// The barrier counts this thread when its copies so far are complete.
INLINE void arrive_after_copies(u32 barrier) { asm volatile("cp.async.mbarrier.arrive.noinc.shared::cta.b64 [%0];" :: "r"(barrier) : "memory"); }
// Waits for what others copied to be seen by wgmma.
INLINE void await_copies(u32 barrier, u32 phase) {
  await_phase(barrier, phase);
  asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
}
INLINE void release(u32 barrier, int lane) {
  __syncwarp();
  if (lane == 0) arrive(barrier);
}

template <int WIDTH> INLINE void prompt(const Attention& a) {
  constexpr int PANELS = WIDTH / 64, STAGE = PANELS * PANEL, CHUNKS = WIDTH / 8, STEP = 128 / CHUNKS;
  extern __shared__ char memory[];
  const u32 queries = (shared_address(memory) + 1023) & ~1023u, keys = queries + STAGE, values = keys + 2 * STAGE;
  const u32 barriers = values + 2 * STAGE;
  auto barrier = [&](int kind, int n) { return barriers + (kind + (n & 1)) * 8; };
  auto phase = [](int n) { return (u32)(n >> 1) & 1u; };
  if (threadIdx.x == 0) {
    for (int i = 0; i < BARRIERS; i++) init_barrier(barriers + i * 8, i >= EMPTY_KEYS && i < FULL_QUERIES ? 8 : 128);
    publish_barriers();
  }
  __syncthreads();
  release_next();
  await_previous();
  const int4 tile = a.tiles[gridDim.y - 1 - blockIdx.y];              // the longest first
  const int first = tile.x, count = tile.y, head = blockIdx.x, kv_head = head / (a.heads / a.kv_heads);
  const int position = a.positions[first], seen = position + count;
  const int first_key = a.window > 0 ? max(0, position + 1 - a.window) : 0, begin = first_key / TILE * TILE;
  const int tiles = (seen - begin + TILE - 1) / TILE;
  const int warpgroup = __shfl_sync(~0u, threadIdx.x >> 7, 0);         // known to be the same for a warp
  if (warpgroup == 0) {                                               // copies
    asm volatile("setmaxnreg.dec.sync.aligned.u32 40;");
    const int chunk = threadIdx.x % CHUNKS, row0 = threadIdx.x / CHUNKS;
    auto place = [&](int row) { return (u32)((chunk / 8) * PANEL + row * 128 + ((chunk % 8) ^ (row & 7)) * 16); };
    const i64 width = (i64)(a.heads + 2 * a.kv_heads) * WIDTH, stride = (i64)a.kv_heads * WIDTH;
    const element* from = a.qkv + (i64)first * width + (i64)head * WIDTH + chunk * 8;
#pragma unroll 4
    for (int row = row0; row < TILE; row += STEP) copy16_async(queries + place(row), from + (row < count ? row : 0) * width, row < count);
    arrive_after_copies(barriers + FULL_QUERIES * 8);
    const int* table = a.pages + (i64)tile.z * a.header[0];
    const i64 lane_offset = row0 * stride + kv_head * WIDTH + chunk * 8;
    auto copy = [&](const element* cache, u32 to, int key0, const int (&ids)[TILE / PAGE]) {
#pragma unroll
      for (int i = 0; i < TILE / STEP; i++) {
        const int at = key0 + row0 + i * STEP;
        const bool inside = at >= first_key && at < seen;             // others may be anything, NaN included
        const element* page = cache + ids[i * STEP / PAGE] * (PAGE * stride) + lane_offset;
        copy16_async(to + place(row0 + i * STEP), page + i * STEP % PAGE * stride, inside);
      }
    };
    int ids[TILE / PAGE], next[TILE / PAGE];
#pragma unroll 1
    for (int n = 0; n <= tiles; n++) {                                // keys are wanted before the values of the tile before
#pragma unroll
      for (int i = 0; i < TILE / PAGE; i++) next[i] = table[min(begin / PAGE + n * (TILE / PAGE) + i, (seen - 1) / PAGE)];
      if (n < tiles) {
        await_phase(barrier(EMPTY_KEYS, n), phase(n) ^ 1);
        copy(a.keys, keys + (n & 1) * STAGE, begin + n * TILE, next);
        arrive_after_copies(barrier(FULL_KEYS, n));
      }
      if (n > 0) {
        await_phase(barrier(EMPTY_VALUES, n - 1), phase(n - 1) ^ 1);
        copy(a.values, values + ((n - 1) & 1) * STAGE, begin + (n - 1) * TILE, ids);
        arrive_after_copies(barrier(FULL_VALUES, n - 1));
      }
#pragma unroll
      for (int i = 0; i < TILE / PAGE; i++) ids[i] = next[i];
    }
  } else {                                                            // multiply
    asm volatile("setmaxnreg.inc.sync.aligned.u32 232;");
    const int w = (threadIdx.x >> 5) & 3, lane = threadIdx.x & 31, g = lane >> 2, t = lane & 3;
    const int row0 = (warpgroup - 1) * 64, own_row = row0 + w * 16, first_row = position + own_row;
    const int own = row0 < count ? min(tiles, (position + min(count, row0 + 64) - begin + TILE - 1) / TILE) : 0;
    float s[TILE / 2], o[WIDTH / 2], m[2] = {LOWEST, LOWEST}, l[2] = {0.f, 0.f};
    u32 p[TILE / 4];
#pragma unroll
    for (int i = 0; i < WIDTH / 2; i++) o[i] = 0.f;
    auto multiply_keys = [&](int n) {
      await_copies(barrier(FULL_KEYS, n), phase(n));
      const u32 from = keys + (n & 1) * STAGE;
      pin(s);
      wgmma_begin();
#pragma unroll
      for (int k = 0; k < WIDTH / 16; k++) {
        const u32 offset = k / 4 * PANEL + k % 4 * 32;
        wgmma(s, operand(queries + row0 * 128 + offset, 16), operand(from + offset, 16), k > 0);
      }
      wgmma_commit();
    };
    auto multiply_values = [&](int n) {
      await_copies(barrier(FULL_VALUES, n), phase(n));
      const u32 from = values + (n & 1) * STAGE;
      pin(o);
      wgmma_begin();
#pragma unroll
      for (int k = 0; k < TILE / 16; k++) wgmma(o, p + 4 * k, operand(from + k * 2048, PANEL));
      wgmma_commit();
    };
    float fade[2];
    auto exponentiate = [&](int n) {
      const int key0 = begin + n * TILE;
      if (key0 + TILE > first_row + 1 || (a.window > 0 && key0 <= first_row + 15 - a.window)) {
#pragma unroll
        for (int i = 0; i < TILE / 2; i++) {
          const int key = key0 + i / 4 * 8 + 2 * t + (i & 1), at = first_row + g + (i >> 1 & 1) * 8;
          if (key > at || (a.window > 0 && key <= at - a.window)) s[i] = LOWEST;
        }
      }
#pragma unroll
      for (int h = 0; h < 2; h++) {
        float top = m[h];
#pragma unroll
        for (int i = 0; i < TILE / 2; i += 4) top = fmaxf(top, fmaxf(s[i + 2 * h], s[i + 2 * h + 1]));
        top = fmaxf(top, __shfl_xor_sync(~0u, top, 1));
        top = fmaxf(top, __shfl_xor_sync(~0u, top, 2));
        const float scaled = top == LOWEST ? 0.f : top * a.scale;       // a row may see nothing yet
        fade[h] = exp2_fast(m[h] * a.scale - scaled);
        m[h] = top;
        float sum = 0.f;
#pragma unroll
        for (int i = 0; i < TILE / 2; i += 4)
#pragma unroll
          for (int e = 0; e < 2; e++) {
            s[i + 2 * h + e] = exp2_fast(s[i + 2 * h + e] * a.scale - scaled);
            sum += s[i + 2 * h + e];
          }
        l[h] = l[h] * fade[h] + sum;
      }
    };
    auto keep_weights = [&]() {
#pragma unroll
      for (int i = 0; i < TILE / 4; i++) p[i] = pack(s[2 * i], s[2 * i + 1]);
    };
    if (own > 0) {
      await_copies(barriers + FULL_QUERIES * 8, 0);
      multiply_keys(0);
      wgmma_await<0>();
      pin(s);
      release(barrier(EMPTY_KEYS, 0), lane);
      exponentiate(0);
      keep_weights();
#pragma unroll 1
      for (int n = 1; n < own; n++) {
        multiply_keys(n);
        multiply_values(n - 1);
        wgmma_await<1>();
        pin(s);
        release(barrier(EMPTY_KEYS, n), lane);
        exponentiate(n);
        wgmma_await<0>();
        pin(o);
        release(barrier(EMPTY_VALUES, n - 1), lane);
#pragma unroll
        for (int i = 0; i < WIDTH / 2; i++) o[i] *= fade[i >> 1 & 1];
        keep_weights();
      }
      multiply_values(own - 1);
      wgmma_await<0>();
      pin(o);
      release(barrier(EMPTY_VALUES, own - 1), lane);
#pragma unroll
      for (int h = 0; h < 2; h++) {
        l[h] += __shfl_xor_sync(~0u, l[h], 1);
        l[h] += __shfl_xor_sync(~0u, l[h], 2);
        const int row = own_row + g + h * 8;
        if (row >= count) continue;
        const float inverse = 1.f / l[h];
        element* out = a.out + ((i64)(first + row) * a.heads + head) * WIDTH + 2 * t;
#pragma unroll
        for (int d = 0; d < WIDTH / 8; d++) *(u32*)(out + d * 8) = pack(o[4 * d + 2 * h] * inverse, o[4 * d + 2 * h + 1] * inverse);
      }
    }
    for (int n = own; n < tiles; n++) {                                 // the other warpgroup reads these alone
      await_phase(barrier(FULL_KEYS, n), phase(n));
      release(barrier(EMPTY_KEYS, n), lane);
      await_phase(barrier(FULL_VALUES, n), phase(n));
      release(barrier(EMPTY_VALUES, n), lane);
    }
  }
}
extern "C" __global__ void __launch_bounds__(384, 1) prompt_64(const Attention a) { prompt<64>(a); }
extern "C" __global__ void __launch_bounds__(384, 1) prompt_128(const Attention a) { prompt<128>(a); }
#endif
