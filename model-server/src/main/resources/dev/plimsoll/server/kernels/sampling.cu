// Tokens are chosen from float32 logits of [choices, stride]: first every slice of the vocabulary by itself, then each
// choice by one block. No sort, no atomics on floats: the same choice always.
#include "types.cuh"

constexpr int SLICE = 4096, THREADS = 256, TOP = 20;
constexpr u32 PROMPT = 0x80000000u;   // beside the number of times that a token was generated
#define NEGATIVE_INFINITY __int_as_float(0xff800000)

// How a row chooses; see SamplingTable. 16 words.
struct Choice {
  int row;                            // -1: none
  int token;                          // its last one in the step
  int length, prompt;                 // tokens of its sequence, and of its prompt
  float temperature, top_p, min_p;
  int top_k;
  float presence, frequency, repetition, draw;
  int bias, biases;                   // first and number
  int constraint;                     // or -1
  int logprobs;
  INLINE bool penalized() const { return presence != 0.f || frequency != 0.f || repetition != 1.f; }
  INLINE bool adjusts() const { return biases > 0 || constraint >= 0 || penalized(); }
};
// A slice's likeliest token, and what its log-probabilities need.
struct Part { u64 best; float top, sum; };
struct Sampling {
  const int* header;                  // [1]: word of bias ids, [2]: of their values, [3]: of masks; from the header
  const int* pages;
  const int* page_tokens;
  const Choice* choices;
  const float* logits;
  float* adjusted;
  Part* parts;                        // [choices, slices]
  int* chosen;                        // by row: ids, then whether a row failed, then log-probabilities, `rows` each
  int* top_ids;                       // [rows, TOP]
  float* top_logprobs;
  int vocabulary, stride, rows;
};

// Larger values have larger keys, of equal ones the lower id; NaN has the largest.
INLINE u64 key_of(float v, u32 id) {
  u32 bits = __float_as_uint(v);
  if (v != v) return ~0ull;
  bits = bits & 0x80000000u ? ~bits : bits | 0x80000000u;
  return (u64)bits << 32 | (0xffffffffu - id);
}
INLINE u32 id_of(u64 key) { return 0xffffffffu - (u32)key; }
INLINE float value_of(u64 key) {
  const u32 bits = key >> 32;
  return __uint_as_float(bits & 0x80000000u ? bits & 0x7fffffffu : ~bits);
}
INLINE u64 larger(u64 a, u64 b) { return a > b ? a : b; }
INLINE u64 warp_largest(u64 k) { for (int o = 16; o; o >>= 1) k = larger(k, __shfl_xor_sync(~0u, k, o)); return k; }

// Bias, constraint and penalties on a slice; its likeliest token. grid (slices, choices), block THREADS.
extern "C" __global__ void __launch_bounds__(THREADS) adjust(const Sampling s) {
  __shared__ u32 seen[SLICE];
  __shared__ float bias[SLICE];
  __shared__ Part warps[THREADS / 32];
  release_next();
  await_previous();
  const Choice c = s.choices[blockIdx.y];
  if (c.row < 0) return;
  const int base = blockIdx.x * SLICE, count = min(SLICE, s.vocabulary - base);
  const bool penalized = c.penalized(), adjusts = c.adjusts();
  if (adjusts) {
    for (int i = threadIdx.x; i < SLICE; i += THREADS) { seen[i] = 0; bias[i] = 0.f; }
    __syncthreads();
    for (int i = threadIdx.x; i < c.biases; i += THREADS) {
      const int id = s.header[s.header[1] + c.bias + i] - base;
      if (id >= 0 && id < count) atomicAdd(&bias[id], __int_as_float(s.header[s.header[2] + c.bias + i]));
    }
    if (penalized) {
      const int* table = s.pages + (i64)c.row * s.header[0];
      for (int i = threadIdx.x; i < c.length; i += THREADS) {
        const int id = s.page_tokens[table[i / PAGE] * PAGE + i % PAGE] - base;
        if (id < 0 || id >= count) continue;
        if (i < c.prompt) atomicOr(&seen[id], PROMPT); else atomicAdd(&seen[id], 1u);
      }
    }
    __syncthreads();
  }
  const float* logits = s.logits + (i64)blockIdx.y * s.stride + base;
  float* adjusted = s.adjusted + (i64)blockIdx.y * s.stride + base;
  const u32* allowed = c.constraint < 0 ? nullptr
      : (const u32*)s.header + s.header[3] + (i64)c.constraint * ((s.vocabulary + 63) / 64 * 2) + base / 32;
  float raw[SLICE / THREADS];
  float top = NEGATIVE_INFINITY;
  u64 best = 0;
#pragma unroll
  for (int j = 0; j < SLICE / THREADS; j += 4) {
    const int at = (j / 4 * THREADS + threadIdx.x) * 4;
    const float4 v = at < count ? *(const float4*)(logits + at) : make_float4(0.f, 0.f, 0.f, 0.f);
    raw[j] = v.x; raw[j + 1] = v.y; raw[j + 2] = v.z; raw[j + 3] = v.w;
#pragma unroll
    for (int i = 0; i < 4; i++) {
      if (at + i >= count) { raw[j + i] = NEGATIVE_INFINITY; continue; }
      float f = raw[j + i];
      top = fmaxf(top, f);
      if (adjusts) {
        f += bias[at + i];
        const u32 times = seen[at + i] & ~PROMPT;
        if (seen[at + i]) f = f > 0.f ? f / c.repetition : f * c.repetition;
        if (times) f -= c.presence + c.frequency * times;
        if (allowed && !(allowed[(at + i) / 32] >> (at + i) % 32 & 1)) f = NEGATIVE_INFINITY;
        if (raw[j + i] != raw[j + i]) f = raw[j + i];
        adjusted[at + i] = f;
      }
      best = larger(best, key_of(f, base + at + i));
    }
  }
  float sum = 0.f;
  if (c.logprobs >= 0) {
    top = warp_max(top);
    for (int j = 0; j < SLICE / THREADS; j++) sum += raw[j] == NEGATIVE_INFINITY ? 0.f : __expf(raw[j] - top);
    sum = warp_sum(sum);
  }
  best = warp_largest(best);
  if ((threadIdx.x & 31) == 0) warps[threadIdx.x / 32] = {best, top, sum};
  __syncthreads();
  if (threadIdx.x > 0) return;
  for (int i = 1; i < THREADS / 32; i++) {
    best = larger(best, warps[i].best);
    const float both = fmaxf(top, warps[i].top);
    if (both > NEGATIVE_INFINITY) sum = sum * __expf(top - both) + warps[i].sum * __expf(warps[i].top - both);
    top = both;
  }
  s.parts[(i64)blockIdx.y * gridDim.x + blockIdx.x] = {best, top, sum};
}

// ---- a choice ----
// How far a logit lies below the largest, divided by the temperature, in units of 2^-15 nats: 1,024 coarse bins of 1,024
// fine ones. What is 32 nats or more below is never drawn. Tokens of one fine bin count as equals, lower ids first.
constexpr int BINS = 1024;
constexpr u32 FAR = BINS * BINS - 1;
constexpr float UNIT = 32768.f, FIXED = 8192.f;
struct Histogram {
  u32 count[BINS], mass[BINS];        // mass in units of 2^-13 of the bin's largest
  u32 counts[BINS];                   // of this bin and those before it
  float masses[BINS];
};
struct Shared {
  Histogram coarse, fine;
  u32 found;
  float warp_masses[32];
  u32 warp_counts[32];
  u64 warp_keys[32];
};

// Puts every logit that `which` accepts into its bin, and sums the bins up; thread i has bin i.
template <class WHICH> INLINE void fill(Shared& s, Histogram& h, const float* logits, int vocabulary, float top, float scale, float base, float width, WHICH which) {
  const int i = threadIdx.x, w = i / 32, lane = i % 32;
  h.count[i] = h.mass[i] = 0;
  __syncthreads();
  for (int id = i; id < vocabulary; id += BINS) {
    const float x = (top - logits[id]) * scale;
    if (!(x * UNIT < FAR)) continue;
    const int bin = which((u32)(x * UNIT));
    if (bin < 0) continue;
    atomicAdd(&h.count[bin], 1u);
    atomicAdd(&h.mass[bin], (u32)(__expf(base + bin * width - x) * FIXED + 0.5f));
  }
  __syncthreads();
  u32 count = h.count[i];
  float mass = h.mass[i] * (1.f / FIXED) * __expf(-(base + i * width));
  for (int o = 1; o < 32; o <<= 1) {
    const u32 c = __shfl_up_sync(~0u, count, o);
    const float m = __shfl_up_sync(~0u, mass, o);
    if (lane >= o) { count += c; mass += m; }
  }
  if (lane == 31) { s.warp_counts[w] = count; s.warp_masses[w] = mass; }
  __syncthreads();
  for (int j = 0; j < w; j++) { count += s.warp_counts[j]; mass += s.warp_masses[j]; }
  h.counts[i] = count;
  h.masses[i] = mass;
  __syncthreads();
}
// First bin that holds, or `otherwise`; the same for all threads.
template <class HOLDS> INLINE u32 first(Shared& s, u32 otherwise, HOLDS holds) {
  if (threadIdx.x == 0) s.found = otherwise;
  __syncthreads();
  if (holds((int)threadIdx.x)) atomicMin(&s.found, threadIdx.x);
  __syncthreads();
  const u32 found = s.found;
  __syncthreads();
  return found;
}
INLINE u64 block_largest(Shared& s, u64 key) {
  key = warp_largest(key);
  if (threadIdx.x % 32 == 0) s.warp_keys[threadIdx.x / 32] = key;
  __syncthreads();
  for (int i = 0; i < BINS / 32; i++) key = larger(key, s.warp_keys[i]);
  __syncthreads();
  return key;
}

INLINE int drawn(Shared& s, const Choice& c, const float* logits, int vocabulary, float top) {
  const float scale = 1.f / c.temperature;
  u32 last = FAR - 1;                 // the last fine bin that may be drawn from
  if (c.min_p > 0.f) last = min(last, (u32)(-__logf(c.min_p) * UNIT));
  fill(s, s.coarse, logits, vocabulary, top, scale, 0.f, BINS / UNIT, [=](u32 q) { return q <= last ? (int)(q / BINS) : -1; });
  int refined = -1;
  auto refine = [&](int bin) {
    if (bin == refined) return;
    refined = bin;
    fill(s, s.fine, logits, vocabulary, top, scale, bin * (BINS / UNIT), 1.f / UNIT,
        [=](u32 q) { return q <= last && q / BINS == bin ? (int)(q % BINS) : -1; });
  };
  const Histogram &coarse = s.coarse, &fine = s.fine;
  auto counted = [&](int bin) { return bin > 0 ? coarse.counts[bin - 1] : 0u; };
  auto massed = [&](int bin) { return bin > 0 ? coarse.masses[bin - 1] : 0.f; };
  float mass = coarse.masses[BINS - 1];
  if (c.top_k > 0 && coarse.counts[BINS - 1] > c.top_k) {
    const u32 k = c.top_k;
    const int bin = first(s, BINS - 1, [&](int i) { return coarse.counts[i] >= k; });
    refine(bin);
    const u32 in_bin = first(s, BINS - 1, [&](int i) { return counted(bin) + fine.counts[i] >= k; });
    last = min(last, bin * BINS + in_bin);
    mass = massed(bin) + fine.masses[in_bin];
  }
  if (c.top_p < 1.f) {
    const float target = c.top_p * mass;
    const int bin = min(first(s, BINS - 1, [&](int i) { return coarse.masses[i] >= target; }), last / BINS);
    refine(bin);
    const u32 in_bin = first(s, BINS - 1, [&](int i) { return massed(bin) + fine.masses[i] >= target; });
    last = min(last, bin * BINS + in_bin);
    mass = massed(bin) + fine.masses[last % BINS];
  }
  // Rounding may leave no bin that passes the target: then it is the last one that is not empty.
  const float target = c.draw * mass;
  const u32 filled = first(s, BINS - 1, [&](int i) { return coarse.counts[i] == coarse.counts[BINS - 1]; });
  const int bin = min(first(s, filled, [&](int i) { return coarse.masses[i] > target; }), last / BINS);
  refine(bin);
  const u32 limit = bin == last / BINS ? last % BINS : BINS - 1;
  const u32 fine_filled = first(s, limit, [&](int i) { return fine.counts[i] == fine.counts[limit]; });
  const u32 in_bin = first(s, fine_filled, [&](int i) { return fine.count[i] > 0 && massed(bin) + fine.masses[i] > target; });
  const u32 q = bin * BINS + min(in_bin, fine_filled);
  const u32 members = fine.count[q % BINS];
  const float before = massed(bin) + (q % BINS > 0 ? fine.masses[q % BINS - 1] : 0.f);
  const float each = fine.mass[q % BINS] * (1.f / FIXED) * __expf(-(q * (1.f / UNIT))) / members;
  u32 skip = (u32)max(0.f, (target - before) / each);
  skip = min(skip, members - 1);
  // The member number `skip`, by id: each warp counts those of its part of the vocabulary.
  const int w = threadIdx.x / 32, lane = threadIdx.x % 32, part = ((vocabulary + 31) / 32 + 31) / 32 * 32;
  auto member = [&](int id) {
    const float x = id < vocabulary ? (top - logits[id]) * scale * UNIT : FAR;
    return x < FAR && (u32)x == q;
  };
  u32 count = 0;
  for (int id = w * part; id < (w + 1) * part; id += 32) count += __popc(__ballot_sync(~0u, member(id + lane)));
  if (lane == 0) s.warp_counts[w] = count;
  __syncthreads();
  for (int i = 0; i < w; i++) skip -= s.warp_counts[i];
  if (skip < count) {                 // also false where it wrapped around
    for (int id = w * part; id < (w + 1) * part; id += 32) {
      const u32 found = __ballot_sync(~0u, member(id + lane)), here = __popc(found);
      if (skip < here) {
        if (lane == 0) s.found = id + __fns(found, 0, skip + 1);
        break;
      }
      skip -= here;
    }
  }
  __syncthreads();
  return s.found;
}

// The token of a choice. grid choices, block BINS.
extern "C" __global__ void __launch_bounds__(BINS) choose(const Sampling s, int slices) {
  __shared__ Shared shared;
  release_next();
  await_previous();
  const Choice c = s.choices[blockIdx.x];
  if (c.row < 0) return;
  const Part* parts = s.parts + (i64)blockIdx.x * slices;
  u64 best = 0;
  for (int i = threadIdx.x; i < slices; i += BINS) best = larger(best, parts[i].best);
  best = block_largest(shared, best);
  const bool failed = best == ~0ull || value_of(best) == NEGATIVE_INFINITY;
  const float* raw = s.logits + (i64)blockIdx.x * s.stride;
  int id = failed ? 0 : (int)id_of(best);
  if (!failed && c.temperature > 0.f)
    id = drawn(shared, c, c.adjusts() ? s.adjusted + (i64)blockIdx.x * s.stride : raw, s.vocabulary, value_of(best));
  if (threadIdx.x == 0) {
    s.chosen[c.row] = id;
    s.chosen[s.rows + c.row] = failed;
  }
  if (failed || c.logprobs < 0) return;
  float top = NEGATIVE_INFINITY, sum = 0.f;
  for (int i = 0; i < slices; i++) {
    const float both = fmaxf(top, parts[i].top);
    if (both == NEGATIVE_INFINITY) continue;
    sum = sum * __expf(top - both) + parts[i].sum * __expf(parts[i].top - both);
    top = both;
  }
  const float all = top + __logf(sum);
  if (threadIdx.x == 0) s.chosen[2 * s.rows + c.row] = __float_as_int(raw[id] - all);
  u64 before = ~0ull;
  for (int i = 0; i < min(c.logprobs, TOP); i++) {
    u64 next = 0;
    for (int at = threadIdx.x; at < s.vocabulary; at += BINS) {
      const u64 key = key_of(raw[at], at);
      if (key < before) next = larger(next, key);
    }
    before = block_largest(shared, next);
    if (threadIdx.x == 0) {
      s.top_ids[c.row * TOP + i] = id_of(before);
      s.top_logprobs[c.row * TOP + i] = value_of(before) - all;
    }
  }
}
