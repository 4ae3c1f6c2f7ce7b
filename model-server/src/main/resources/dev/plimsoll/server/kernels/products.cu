// Matrix products of a few rows, y[n][m] = sum over k of w[m][k] * x[n][k], at the rate at which weights come from memory.
// A block a multiprocessor: one warp copies tiles of 16 weight rows and CHUNK columns into a ring in shared memory, and
// does not wait for the kernel before it, since weights depend on none: they arrive while that one still runs. Eight
// warps multiply: A = 16 weight rows, B = 8 rows of x; each takes an eighth of a tile's columns, and one of them sums the
// eight up. What is contracted may be permuted, so that a lane loads 16 contiguous bytes, weights from shared memory and
// x from the second-level cache. Inputs are a multiple of 256, outputs of 16.
#pragma once
#include "mbarrier.cuh"
#if __CUDA_ARCH__ >= 900

constexpr int CHUNK = 1024, PITCH = CHUNK * 2 + 64, SLOTS = 3, SLOT = 16 * PITCH, MULTIPLIERS = 8;
// Copies that a multiprocessor has under way: longer queues only delay what everybody else reads.
constexpr int AHEAD = 2;

struct Product {
  const element* weight;
  const element* x;
  void* y;
  int rows, outputs, inputs, stride;  // a stride from a row of y to the next
};

struct Ring {                         // of a reader or the writer: a slot, and whether it is reused for an odd time
  int slot;
  u32 phase;
  INLINE void advance() { if (++slot == SLOTS) { slot = 0; phase ^= 1; } }
};
INLINE void named_barrier() { asm volatile("bar.sync 1, %0;" :: "n"(MULTIPLIERS * 32) : "memory"); }

// Copies all tiles of the block, in the order in which they are multiplied; for one warp.
template <bool GATED> INLINE void copy_weights(const Product& p, u32 ring, u32 full, u32 empty, int lane) {
  u64 policy;
  asm volatile("createpolicy.fractional.L2::evict_first.b64 %0, 1.0;" : "=l"(policy));
  const int tiles = p.outputs / 16;
  Ring next = {0, 0}, oldest = {0, 0};
  int ahead = 0;
  for (int tile = blockIdx.x; tile < tiles; tile += gridDim.x) {
    // Of a gated product, a tile has 8 rows of gates and the 8 rows of what they let through.
    const i64 at = !GATED ? (i64)tile * 16 + lane : lane < 8 ? (i64)tile * 8 + lane : (i64)p.outputs / 2 + tile * 8 + lane - 8;
    const element* row = p.weight + at * p.inputs;
#pragma unroll 1
    for (int column = 0; column < p.inputs; column += CHUNK) {
      const u32 bytes = min(CHUNK, p.inputs - column) * 2;
      if (ahead == AHEAD) { await_phase(full + oldest.slot * 8, oldest.phase); oldest.advance(); } else ahead++;
      await_phase(empty + next.slot * 8, next.phase ^ 1);
      if (lane == 0) asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" :: "r"(full + next.slot * 8), "r"(bytes * 16) : "memory");
      __syncwarp();
      if (lane < 16)
        asm volatile("cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes.L2::cache_hint [%0], [%1], %2, [%3], %4;"
          :: "r"(ring + next.slot * SLOT + lane * PITCH), "l"(row + column), "r"(bytes), "r"(full + next.slot * 8), "l"(policy) : "memory");
      next.advance();
    }
  }
}

// GROUPS: of 8 rows of x. CHUNKS: those of x that stay in registers, which then are all, or 0: x is read for each tile.
template <int GROUPS, int CHUNKS, bool GATED, class STORE> INLINE void streamed(const Product& p, STORE store) {
  extern __shared__ __align__(128) char ring_memory[];
  float4* sums = (float4*)(ring_memory + SLOTS * SLOT);                     // [2][MULTIPLIERS][GROUPS][32]
  const u32 ring = shared_address(ring_memory), full = shared_address(sums + 2 * MULTIPLIERS * GROUPS * 32), empty = full + SLOTS * 8;
  const int w = threadIdx.x >> 5, lane = threadIdx.x & 31, g = lane >> 2, t = lane & 3;
  if (threadIdx.x == 0) {
    for (int i = 0; i < SLOTS; i++) {
      asm volatile("mbarrier.init.shared::cta.b64 [%0], 1;" :: "r"(full + i * 8) : "memory");
      asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" :: "r"(empty + i * 8), "n"(MULTIPLIERS) : "memory");
    }
    asm volatile("fence.mbarrier_init.release.cluster;\nfence.proxy.async.shared::cta;" ::: "memory");
  }
  __syncthreads();
  release_next();
  if (w == MULTIPLIERS) { copy_weights<GATED>(p, ring, full, empty, lane); return; }
  await_previous();
  const int tiles = p.outputs / 16;
  constexpr int HELD = CHUNKS > 0 ? CHUNKS : 1;
  uint4 held[HELD][4][GROUPS];
  // A warp's share of a chunk: blocks of 32 columns, of which there are 4 in a full one.
  auto load = [&](int column, uint4 (&b)[4][GROUPS]) {
    const int share = min(CHUNK, p.inputs - column) / MULTIPLIERS;
#pragma unroll
    for (int k = 0; k < 4; k++)
#pragma unroll
      for (int n = 0; n < GROUPS; n++) {
        const bool inside = n * 8 + g < p.rows && k * 32 < share;
        b[k][n] = inside ? load8_fresh(p.x + (i64)(n * 8 + g) * p.inputs + column + w * share + k * 32 + t * 8) : make_uint4(0, 0, 0, 0);
      }
  };
  if (CHUNKS > 0)
#pragma unroll
    for (int c = 0; c < HELD; c++) load(min(c * CHUNK, p.inputs), held[c]);
  Ring at = {0, 0};
  int turn = 0;
#pragma unroll 1
  for (int tile = blockIdx.x; tile < tiles; tile += gridDim.x, turn++) {
    float c[GROUPS][2][4];
#pragma unroll
    for (int n = 0; n < GROUPS; n++)
#pragma unroll
      for (int i = 0; i < 4; i++) c[n][0][i] = c[n][1][i] = 0.f;
    auto multiply = [&](int column, const uint4 (&b)[4][GROUPS]) {
      const int share = min(CHUNK, p.inputs - column) / MULTIPLIERS;
      await_phase(full + at.slot * 8, at.phase);
      const char* rows = ring_memory + at.slot * SLOT + g * PITCH + (w * share + t * 8) * 2;
#pragma unroll
      for (int k = 0; k < 4; k++)
        if (k * 32 < share) {
          const uint4 low = *(const uint4*)(rows + k * 64), high = *(const uint4*)(rows + 8 * PITCH + k * 64);
#pragma unroll
          for (int n = 0; n < GROUPS; n++) {
            mma(c[n][0], low.x, high.x, low.y, high.y, b[k][n].x, b[k][n].y);
            mma(c[n][GROUPS == 1], low.z, high.z, low.w, high.w, b[k][n].z, b[k][n].w);   // two chains of one group
          }
        }
      __syncwarp();
      if (lane == 0) asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" :: "r"(empty + at.slot * 8) : "memory");
      at.advance();
    };
    if (CHUNKS > 0) {
#pragma unroll
      for (int i = 0; i < HELD; i++) if (i * CHUNK < p.inputs) multiply(i * CHUNK, held[i]);
    } else {
      uint4 next[4][GROUPS];
      load(0, next);
#pragma unroll 1
      for (int column = 0; column < p.inputs; column += CHUNK) {
#pragma unroll
        for (int k = 0; k < 4; k++)
#pragma unroll
          for (int n = 0; n < GROUPS; n++) held[0][k][n] = next[k][n];
        if (column + CHUNK < p.inputs) load(column + CHUNK, next);
        multiply(column, held[0]);
      }
    }
    float4* mine = sums + (turn & 1) * MULTIPLIERS * GROUPS * 32;
#pragma unroll
    for (int n = 0; n < GROUPS; n++) {
      if (GROUPS == 1)
#pragma unroll
        for (int i = 0; i < 4; i++) c[n][0][i] += c[n][1][i];
      mine[(w * GROUPS + n) * 32 + lane] = make_float4(c[n][0][0], c[n][0][1], c[n][0][2], c[n][0][3]);
    }
    named_barrier();
#pragma unroll
    for (int n = 0; n < GROUPS; n++) {
      if (w != ((turn * GROUPS + n) & (MULTIPLIERS - 1))) continue;
      float4 v = make_float4(0.f, 0.f, 0.f, 0.f);
#pragma unroll
      for (int i = 0; i < MULTIPLIERS; i++) {
        const float4 u = mine[(i * GROUPS + n) * 32 + lane];
        v.x += u.x; v.y += u.y; v.z += u.z; v.w += u.w;
      }
      const int row = n * 8 + t * 2;                                   // of x; outputs g and g + 8 of the tile
      if (row < p.rows) store(row, tile, g, v.x, v.z);
      if (row + 1 < p.rows) store(row + 1, tile, g, v.y, v.w);
    }
  }
}

#define STREAMED(NAME, GROUPS, CHUNKS, BLOCKS) \
  extern "C" __global__ void __launch_bounds__(288, BLOCKS) product_##NAME(const __grid_constant__ Product p) { \
    streamed<GROUPS, CHUNKS, false>(p, [&](int row, int tile, int g, float a, float b) { \
      element* y = (element*)p.y + (i64)row * p.stride + tile * 16 + g; \
      y[0] = to(a); \
      y[8] = to(b); \
    }); \
  } \
  extern "C" __global__ void __launch_bounds__(288, BLOCKS) logits_##NAME(const __grid_constant__ Product p) { \
    streamed<GROUPS, CHUNKS, false>(p, [&](int row, int tile, int g, float a, float b) { \
      float* y = (float*)p.y + (i64)row * p.stride + tile * 16 + g; \
      y[0] = a; \
      y[8] = b; \
    }); \
  } \
  extern "C" __global__ void __launch_bounds__(288, BLOCKS) silu_##NAME(const __grid_constant__ Product p) { \
    streamed<GROUPS, CHUNKS, true>(p, [&](int row, int tile, int g, float gate, float up) { \
      ((element*)p.y)[(i64)row * p.stride + tile * 8 + g] = to(gate / (1.f + exp2_fast(-gate * LOG2E)) * up); \
    }); \
  }
STREAMED(8_2, 1, 2, 2)
STREAMED(8_4, 1, 4, 2)
STREAMED(8_0, 1, 0, 2)
STREAMED(32_2, 4, 2, 1)
STREAMED(32_0, 4, 0, 1)
#endif
