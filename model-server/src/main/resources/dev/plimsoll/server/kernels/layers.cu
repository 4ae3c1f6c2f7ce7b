// What lies between the matrix products of a layer: a row of a step is one token.
#include "types.cuh"

// Sum over the block; every thread gets it, in the same order always.
INLINE float block_sum(float v, float* scratch) {
  v = warp_sum(v);
  if ((threadIdx.x & 31) == 0) scratch[threadIdx.x >> 5] = v;
  __syncthreads();
  float sum = 0.f;
  for (int i = 0; i < (blockDim.x + 31) / 32; i++) sum += scratch[i];
  return sum;
}

// y = x / rms(x) * weight of one row, eight elements a thread.
INLINE void rms_norm(const Eight& x, bool inside, const element* weight, element* y, int hidden, float epsilon, float* scratch) {
  float squares = 0.f;
  for (int i = 0; i < 8; i++) squares += x.v[i] * x.v[i];
  const float scale = rsqrtf(block_sum(inside ? squares : 0.f, scratch) / hidden + epsilon);
  if (!inside) return;
  Eight w = unpack(load8(weight)), r;
  for (int i = 0; i < 8; i++) r.v[i] = x.v[i] * scale * w.v[i];
  store8(y, pack(r));
}

// Token ids of a step to hidden states and their norm. A negative id, -1 - r, stands for what row r of the step before
// chose. The id goes into the table of tokens beside the KV cache. grid rows, block hidden / 8 rounded up to 32.
extern "C" __global__ void embed(
    const int* header, const int* ids, const int* positions, const int* rows, const int* pages, const int* chosen,
    int* page_tokens, const element* table, const element* weight, element* x, element* y, int hidden, float epsilon) {
  __shared__ float scratch[32];
  release_next();
  await_previous();
  const int token = blockIdx.x, at = threadIdx.x * 8, position = positions[token];
  const bool inside = at < hidden && position >= 0;
  int id = ids[token];
  if (id < 0) id = chosen[-1 - id];
  Eight v = {};
  if (inside) {
    uint4 bits = load8(table + (i64)id * hidden + at);
    store8(x + (i64)token * hidden + at, bits);
    v = unpack(bits);
    if (at == 0) {
      const int row = rows ? rows[token] : token;
      page_tokens[pages[(i64)row * header[0] + position / PAGE] * PAGE + position % PAGE] = id;
    }
  }
  rms_norm(v, inside, weight + at, y + (i64)token * hidden + at, hidden, epsilon, scratch);
}

// x += delta + bias; y = rms_norm(x). grid rows, block hidden / 8 rounded up to 32.
extern "C" __global__ void add_norm(
    const element* delta, const element* bias, const element* weight, element* x, element* y, int hidden, float epsilon) {
  __shared__ float scratch[32];
  release_next();
  await_previous();
  const int at = threadIdx.x * 8;
  const i64 from = (i64)blockIdx.x * hidden + at;
  const bool inside = at < hidden;
  Eight v = {};
  if (inside) {
    v = unpack(load8(x + from));
    const Eight d = unpack(load8(delta + from));
    for (int i = 0; i < 8; i++) v.v[i] += d.v[i];
    if (bias) {
      const Eight b = unpack(load8(bias + at));
      for (int i = 0; i < 8; i++) v.v[i] += b.v[i];
    }
    const uint4 sum = pack(v);
    store8(x + from, sum);
    v = unpack(sum);
  }
  rms_norm(v, inside, weight + at, y + from, hidden, epsilon, scratch);
}

// Row i of `to` is row rows[i * stride] of `from`; width is a multiple of 8. grid rows of `to`, block 256.
extern "C" __global__ void __launch_bounds__(256) gather(const element* from, element* to, const int* rows, int stride, int width) {
  release_next();
  await_previous();
  const element* row = from + (i64)rows[blockIdx.x * stride] * width;
  for (int i = threadIdx.x * 8; i < width; i += 2048) store8(to + (i64)blockIdx.x * width + i, load8(row + i));
}

// Cosine and sine of every position: [positions, half] pairs, in float32 as transformers has them.
// grid positions, block half.
extern "C" __global__ void rope_table(float2* table, const float* frequencies, int half) {
  const float angle = blockIdx.x * frequencies[threadIdx.x];
  table[(i64)blockIdx.x * half + threadIdx.x] = make_float2(cosf(angle), sinf(angle));
}

// Queries, keys and values of a row: biases are added, queries and keys normed and rotated in place, keys and values
// copied into the pages of the KV cache. A thread has eight elements of each half of a head.
// grid (heads * WIDTH / 16 / 256 rounded up, rows), block 256.
template <int WIDTH> INLINE void rotate_and_cache(
    const int* header, const int* positions, const int* rows, const int* pages, const element* bias,
    const element* query_norm, const element* key_norm, const float2* rope, element* qkv, element* keys, element* values,
    int heads, int kv_heads, float epsilon) {
  constexpr int HALF = WIDTH / 2, LANES = WIDTH / 16;
  release_next();
  await_previous();
  const int token = blockIdx.y, position = positions[token], all = heads + 2 * kv_heads;
  const int own = (blockIdx.x * 256 + threadIdx.x) / LANES, head = min(own, all - 1), j = threadIdx.x % LANES * 8;
  if (position < 0) return;
  element* at = qkv + ((i64)token * all + head) * WIDTH + j;
  Eight a = unpack(load8(at)), b = unpack(load8(at + HALF));
  if (bias) {
    const Eight c = unpack(load8(bias + head * WIDTH + j)), d = unpack(load8(bias + head * WIDTH + HALF + j));
    for (int i = 0; i < 8; i++) { a.v[i] += c.v[i]; b.v[i] += d.v[i]; }
  }
  const bool value = head >= heads + kv_heads;
  if (query_norm) {
    float squares = 0.f;
    for (int i = 0; i < 8; i++) squares += a.v[i] * a.v[i] + b.v[i] * b.v[i];
    for (int o = LANES / 2; o; o >>= 1) squares += __shfl_xor_sync(~0u, squares, o);
    if (!value) {
      const element* norm = (head < heads ? query_norm : key_norm) + j;
      const float scale = rsqrtf(squares / WIDTH + epsilon);
      const Eight c = unpack(load8(norm)), d = unpack(load8(norm + HALF));
      for (int i = 0; i < 8; i++) { a.v[i] *= scale * c.v[i]; b.v[i] *= scale * d.v[i]; }
    }
  }
  if (!value) {
    const float4* turns = (const float4*)(rope + (i64)position * HALF + j);     // two pairs of cosine and sine each
    for (int i = 0; i < 4; i++) {
      const float4 turn = turns[i];
      const float first = a.v[2 * i] * turn.x - b.v[2 * i] * turn.y, second = a.v[2 * i + 1] * turn.z - b.v[2 * i + 1] * turn.w;
      b.v[2 * i] = b.v[2 * i] * turn.x + a.v[2 * i] * turn.y;
      b.v[2 * i + 1] = b.v[2 * i + 1] * turn.z + a.v[2 * i + 1] * turn.w;
      a.v[2 * i] = first;
      a.v[2 * i + 1] = second;
    }
  }
  if (own >= all) return;
  if (head >= heads) {
    const int row = rows ? rows[token] : token;
    const i64 place = (i64)pages[(i64)row * header[0] + position / PAGE] * PAGE + position % PAGE;
    const int kv_head = value ? head - heads - kv_heads : head - heads;
    at = (value ? values : keys) + (place * kv_heads + kv_head) * WIDTH + j;
  }
  store8(at, pack(a));
  store8(at + HALF, pack(b));
}
#define ROTATE(WIDTH) \
  extern "C" __global__ void __launch_bounds__(256) rotate_##WIDTH( \
      const int* header, const int* positions, const int* rows, const int* pages, const element* bias, \
      const element* query_norm, const element* key_norm, const float2* rope, element* qkv, element* keys, \
      element* values, int heads, int kv_heads, float epsilon) { \
    rotate_and_cache<WIDTH>(header, positions, rows, pages, bias, query_norm, key_norm, rope, qkv, keys, values, heads, kv_heads, epsilon); \
  }
ROTATE(64)
ROTATE(128)

// y = activation(gate) * up of rows [gate, up]. grid (width / 8 / 256 rounded up, rows), block 256.
struct Silu { INLINE float operator()(float x) const { return __fdividef(x, 1.f + exp2_fast(-x * LOG2E)); } };
struct Gelu { INLINE float operator()(float x) const { return 0.5f * x * (1.f + erff(x * 0.70710678f)); } };
struct GeluTanh { INLINE float operator()(float x) const { return 0.5f * x * (1.f + tanhf(0.79788456f * (x + 0.044715f * x * x * x))); } };
struct Relu { INLINE float operator()(float x) const { return fmaxf(x, 0.f); } };
template <class ACTIVATION> INLINE void gated(const element* gate_up, const element* bias, element* y, int width) {
  release_next();
  await_previous();
  const int at = (blockIdx.x * 256 + threadIdx.x) * 8;
  if (at >= width) return;
  const element* row = gate_up + (i64)blockIdx.y * 2 * width + at;
  Eight gate = unpack(load8(row)), up = unpack(load8(row + width)), r;
  if (bias) {
    const Eight g = unpack(load8(bias + at)), u = unpack(load8(bias + width + at));
    for (int i = 0; i < 8; i++) { gate.v[i] += g.v[i]; up.v[i] += u.v[i]; }
  }
  for (int i = 0; i < 8; i++) r.v[i] = ACTIVATION()(gate.v[i]) * up.v[i];
  store8(y + (i64)blockIdx.y * width + at, pack(r));
}
#define GATED(NAME, ACTIVATION) \
  extern "C" __global__ void __launch_bounds__(256) NAME(const element* gate_up, const element* bias, element* y, int width) { \
    gated<ACTIVATION>(gate_up, bias, y, width); \
  }
GATED(gated_silu, Silu)
GATED(gated_gelu, Gelu)
GATED(gated_gelu_tanh, GeluTanh)
GATED(gated_relu, Relu)
