// Attention over a paged KV cache: layers of [pages, 16, kv heads, width], block tables of [rows, header[0]].
#pragma once
#include "types.cuh"

struct Attention {
  const int* header;
  const int* positions;       // of each token of the step
  const int* pages;
  const element* qkv;         // [tokens, heads + 2 * kv heads, width], queries first
  const element* keys;
  const element* values;
  element* out;               // [tokens, heads * width]
  const int4* tiles;          // prompts: first token, tokens, row, -
  int heads, kv_heads, window;
  float scale;                // times log2(e)
};

#if __CUDA_ARCH__ >= 900
INLINE u32 cluster_rank() { u32 r; asm("mov.u32 %0, %%cluster_ctarank;" : "=r"(r)); return r; }
INLINE void cluster_arrive() { asm volatile("barrier.cluster.arrive.aligned;" ::: "memory"); }
INLINE void cluster_wait() { asm volatile("barrier.cluster.wait.aligned;" ::: "memory"); }
INLINE u32 remote(u32 address, u32 rank) { u32 r; asm("mapa.shared::cluster.u32 %0, %1, %2;" : "=r"(r) : "r"(address), "r"(rank)); return r; }
INLINE void store_remote(u32 address, float v) { asm volatile("st.shared::cluster.f32 [%0], %1;" :: "r"(address), "f"(v) : "memory"); }
INLINE void store_remote(u32 address, float v, float w) { asm volatile("st.shared::cluster.v2.f32 [%0], {%1,%2};" :: "r"(address), "f"(v), "f"(w) : "memory"); }
#endif

// One token of a sequence attends. The pages are split among the blocks of a cluster (1, 2, 4 or 8; without clusters 1),
// in a block each warp takes a page at a time. Keys and values go from memory straight into the operands of mma: what
// is contracted may be permuted, so that a lane (4g + t) loads 16 contiguous bytes.
//   scores: A = queries (row g: a head of the group; rows 8..15 are zero), B = keys (column g: a key). For a block of 32
//           elements a lane holds t * 8 .. + 7.
//   output: A = values, transposed (rows: elements half * 64 + g * 8 + j), B = weights: as scores leave them.
// Splits are merged through the shared memory of the cluster: no workspace, no atomics, the same order always.
// grid (splits, kv heads * tiles of 8 heads, rows), block WARPS * 32.
template <int WIDTH, int WARPS> INLINE void decode(const Attention& a) {
  constexpr int BLOCKS = WIDTH / 32, HALVES = WIDTH / 64, SHARE = 8 * WIDTH, PER = SHARE / (WARPS * 32);
  __shared__ __align__(16) float parts[WARPS][SHARE];
  __shared__ float maxima[WARPS][8], sums[WARPS][8];
#if __CUDA_ARCH__ >= 900
  __shared__ __align__(16) float ranks[SHARE];                        // [rank][SHARE / splits]
  __shared__ float rank_maxima[64], rank_sums[64];
#endif
  release_next();
  const int splits = gridDim.x, row = blockIdx.z, group = a.heads / a.kv_heads, tiles = (group + 7) / 8;
  const int kv_head = blockIdx.y / tiles, first_head = kv_head * group + blockIdx.y % tiles * 8;
  const int group_heads = min(8, (kv_head + 1) * group - first_head);
  const int w = threadIdx.x >> 5, lane = threadIdx.x & 31, g = lane >> 2, t = lane & 3;
#if __CUDA_ARCH__ >= 900
  if (splits > 1) cluster_arrive();                                   // others may write here once every block runs
#endif
  const int position = a.positions[row];
  const int first_key = a.window > 0 ? max(0, position + 1 - a.window) : 0, last_page = position < 0 ? -1 : position / PAGE;
  const int start = first_key / PAGE, share = (last_page + 1 - start + splits - 1) / splits;
  const int end = min(last_page + 1, start + (int)(blockIdx.x + 1) * share);
  const int* table = a.pages + (i64)row * a.header[0];
  const i64 stride = (i64)a.kv_heads * WIDTH;                         // from a key to the next
  uint4 k[2][BLOCKS], v[4][HALVES];
  auto load_keys = [&](int page) {
    const element* p = a.keys + (i64)table[page] * PAGE * stride + kv_head * WIDTH;
#pragma unroll
    for (int n = 0; n < 2; n++)
#pragma unroll
      for (int b = 0; b < BLOCKS; b++) k[n][b] = load8_fresh(p + (n * 8 + g) * stride + b * 32 + t * 8);
  };
  auto load_values = [&](int page) {
    const element* p = a.values + (i64)table[page] * PAGE * stride + kv_head * WIDTH;
#pragma unroll
    for (int i = 0; i < 4; i++)
#pragma unroll
      for (int h = 0; h < HALVES; h++) v[i][h] = load8_fresh(p + ((i >> 1) * 8 + 2 * t + (i & 1)) * stride + h * 64 + g * 8);
  };
  int page = start + blockIdx.x * share + w;
  const bool early = page < end && page < last_page;                  // written by an earlier step
  if (early) { load_keys(page); load_values(page); }
  await_previous();
  if (!early && page < end) { load_keys(page); load_values(page); }
  uint4 q[BLOCKS];
#pragma unroll
  for (int b = 0; b < BLOCKS; b++) {
    q[b] = g < group_heads
        ? load8_fresh(a.qkv + ((i64)row * (a.heads + 2 * a.kv_heads) + first_head + g) * WIDTH + b * 32 + t * 8)
        : make_uint4(0, 0, 0, 0);
  }
  float o[HALVES * 4][4];                                             // [half * 4 + j / 2][j % 2 * 2 + i]: head 2t + i
#pragma unroll
  for (int i = 0; i < HALVES * 4; i++) o[i][0] = o[i][1] = o[i][2] = o[i][3] = 0.f;
  float m = LOWEST, l = 0.f;
  while (page < end) {
    const int from = first_key - page * PAGE, to = position + 1 - page * PAGE;
    if (from > 0 || to < PAGE) {                                      // what is not seen may be anything, NaN included
#pragma unroll
      for (int i = 0; i < 4; i++) {
        const int key = (i >> 1) * 8 + 2 * t + (i & 1);
#pragma unroll
        for (int h = 0; h < HALVES; h++) if (key < from || key >= to) v[i][h] = make_uint4(0, 0, 0, 0);
      }
    }
    float s[2][4];
#pragma unroll
    for (int n = 0; n < 2; n++) {
      s[n][0] = s[n][1] = s[n][2] = s[n][3] = 0.f;
#pragma unroll
      for (int b = 0; b < BLOCKS; b++) {
        mma(s[n], q[b].x, 0u, q[b].y, 0u, k[n][b].x, k[n][b].y);
        mma(s[n], q[b].z, 0u, q[b].w, 0u, k[n][b].z, k[n][b].w);
      }
    }
    page += WARPS;
    if (page < end) load_keys(page);
    float top = m;
#pragma unroll
    for (int n = 0; n < 2; n++)
#pragma unroll
      for (int i = 0; i < 2; i++) {
        const int key = n * 8 + 2 * t + i;
        s[n][i] = key >= from && key < to ? s[n][i] * a.scale : LOWEST;
        top = fmaxf(top, s[n][i]);
      }
    top = fmaxf(top, __shfl_xor_sync(~0u, top, 1));
    top = fmaxf(top, __shfl_xor_sync(~0u, top, 2));
    const float fade = exp2_fast(m - top);
    m = top;
    float p[2][2];
#pragma unroll
    for (int n = 0; n < 2; n++)
#pragma unroll
      for (int i = 0; i < 2; i++) p[n][i] = s[n][i] == LOWEST ? 0.f : exp2_fast(s[n][i] - m);
    l = l * fade + ((p[0][0] + p[0][1]) + (p[1][0] + p[1][1]));
    const u32 p0 = pack(p[0][0], p[0][1]), p1 = pack(p[1][0], p[1][1]);
    const float fade0 = __shfl_sync(~0u, fade, 8 * t), fade1 = __shfl_sync(~0u, fade, 8 * t + 4);
#pragma unroll
    for (int h = 0; h < HALVES; h++) {
      const u32 v0[4] = {v[0][h].x, v[0][h].y, v[0][h].z, v[0][h].w}, v1[4] = {v[1][h].x, v[1][h].y, v[1][h].z, v[1][h].w};
      const u32 v2[4] = {v[2][h].x, v[2][h].y, v[2][h].z, v[2][h].w}, v3[4] = {v[3][h].x, v[3][h].y, v[3][h].z, v[3][h].w};
#pragma unroll
      for (int j = 0; j < 4; j++) {
        float (&c)[4] = o[h * 4 + j];
        c[0] *= fade0; c[1] *= fade1; c[2] *= fade0; c[3] *= fade1;
        mma(c, __byte_perm(v0[j], v1[j], 0x5410u), __byte_perm(v0[j], v1[j], 0x7632u),
               __byte_perm(v2[j], v3[j], 0x5410u), __byte_perm(v2[j], v3[j], 0x7632u), p0, p1);
      }
    }
    if (page < end) load_values(page);
  }
  l += __shfl_xor_sync(~0u, l, 1);
  l += __shfl_xor_sync(~0u, l, 2);
  if (t == 0) { maxima[w][g] = m; sums[w][g] = l; }
#pragma unroll
  for (int h = 0; h < HALVES; h++)
#pragma unroll
    for (int i = 0; i < 2; i++)
#pragma unroll
      for (int j = 0; j < 2; j++)
        *(float4*)&parts[w][(2 * t + i) * WIDTH + h * 64 + g * 8 + j * 4] = make_float4(
            o[h * 4 + j * 2][i], o[h * 4 + j * 2][2 + i], o[h * 4 + j * 2 + 1][i], o[h * 4 + j * 2 + 1][2 + i]);
  __syncthreads();
  // The warps' parts: a thread sums PER elements of one head.
  const int index = threadIdx.x * PER, head = index / WIDTH;
  float top = LOWEST, total = 0.f, r[PER];
#pragma unroll
  for (int i = 0; i < WARPS; i++) top = fmaxf(top, maxima[i][head]);
#pragma unroll
  for (int i = 0; i < PER; i++) r[i] = 0.f;
#pragma unroll
  for (int i = 0; i < WARPS; i++) {
    const float f = exp2_fast(maxima[i][head] - top);
    total += f * sums[i][head];
#pragma unroll
    for (int e = 0; e < PER; e++) r[e] += f * parts[i][index + e];
  }
  element* out = a.out + (i64)row * a.heads * WIDTH + (i64)first_head * WIDTH;
  if (splits == 1) {
    if (head < group_heads && total > 0.f)
#pragma unroll
      for (int e = 0; e < PER; e += 2) *(u32*)(out + index + e) = pack(r[e] / total, r[e + 1] / total);
    return;
  }
#if __CUDA_ARCH__ >= 900
  // The splits' parts: block i of the cluster gets 8 / splits heads of all of them.
  const int rank_heads = 8 / splits, count = SHARE / splits, owner = head / rank_heads, own_head = head % rank_heads;
  const u32 me = cluster_rank();
  cluster_wait();
#pragma unroll
  for (int e = 0; e < PER; e += 2)
    store_remote(remote(shared_address(ranks + me * count + index - owner * count + e), owner), r[e], r[e + 1]);
  if (index % WIDTH == 0) {
    store_remote(remote(shared_address(rank_maxima + me * rank_heads + own_head), owner), top);
    store_remote(remote(shared_address(rank_sums + me * rank_heads + own_head), owner), total);
  }
  cluster_arrive();
  cluster_wait();
  for (int e = threadIdx.x * 2; e < count; e += WARPS * 64) {
    const int h = e / WIDTH;
    float best = LOWEST, sum = 0.f, o0 = 0.f, o1 = 0.f;
    for (int i = 0; i < splits; i++) best = fmaxf(best, rank_maxima[i * rank_heads + h]);
    for (int i = 0; i < splits; i++) {
      const float f = exp2_fast(rank_maxima[i * rank_heads + h] - best);
      const float2 part = *(const float2*)(ranks + i * count + e);
      sum += f * rank_sums[i * rank_heads + h];
      o0 += f * part.x;
      o1 += f * part.y;
    }
    if (me * rank_heads + h < group_heads && sum > 0.f) *(u32*)(out + me * count + e) = pack(o0 / sum, o1 / sum);
  }
#endif
}
extern "C" __global__ void __launch_bounds__(128, 3) decode_64_4(const Attention a) { decode<64, 4>(a); }
extern "C" __global__ void __launch_bounds__(256, 1) decode_64_8(const Attention a) { decode<64, 8>(a); }
extern "C" __global__ void __launch_bounds__(128, 3) decode_128_4(const Attention a) { decode<128, 4>(a); }
extern "C" __global__ void __launch_bounds__(256, 1) decode_128_8(const Attention a) { decode<128, 8>(a); }
