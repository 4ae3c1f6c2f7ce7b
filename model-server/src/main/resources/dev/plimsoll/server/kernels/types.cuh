// What all kernels share. No header of CUDA's is included, so that NVRTC alone compiles them: an element of a tensor is
// its 16 bits, two of them are a word, and arithmetic is float32. ELEMENT_FLOAT16 makes them float16, else bfloat16.
#pragma once
typedef unsigned short element;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long i64;
#define INLINE __device__ __forceinline__

constexpr int PAGE = 16;              // tokens of a page of the KV cache
constexpr float LOWEST = -1e30f;      // below every score, and finite: LOWEST - LOWEST is 0
constexpr float LOG2E = 1.4426950408889634f;

#ifdef ELEMENT_FLOAT16
INLINE float from(element v) { float f; asm("cvt.f32.f16 %0, %1;" : "=f"(f) : "h"(v)); return f; }
INLINE u32 pack(float low, float high) { u32 d; asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(d) : "f"(high), "f"(low)); return d; }
INLINE float low(u32 v) { return from((element)(v & 0xffffu)); }
INLINE float high(u32 v) { return from((element)(v >> 16)); }
#define MMA "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32"
#else
INLINE float from(element v) { return __uint_as_float((u32)v << 16); }
INLINE u32 pack(float low, float high) { u32 d; asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(d) : "f"(high), "f"(low)); return d; }
INLINE float low(u32 v) { return __uint_as_float(v << 16); }
INLINE float high(u32 v) { return __uint_as_float(v & 0xffff0000u); }
#define MMA "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32"
#endif
INLINE element to(float v) { return (element)(pack(v, 0.f) & 0xffffu); }

// c += a * b for a tile of 16 x 16 and one of 16 x 8.
INLINE void mma(float (&c)[4], u32 a0, u32 a1, u32 a2, u32 a3, u32 b0, u32 b1) {
  asm volatile(MMA " {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
    : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3]) : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(b0), "r"(b1));
}

// Eight elements as float32, and back.
struct Eight { float v[8]; };
INLINE Eight unpack(uint4 v) { return {{low(v.x), high(v.x), low(v.y), high(v.y), low(v.z), high(v.z), low(v.w), high(v.w)}}; }
INLINE uint4 pack(const Eight& f) {
  return make_uint4(pack(f.v[0], f.v[1]), pack(f.v[2], f.v[3]), pack(f.v[4], f.v[5]), pack(f.v[6], f.v[7]));
}
INLINE uint4 load8(const element* p) { return *(const uint4*)p; }
INLINE void store8(element* p, uint4 v) { *(uint4*)p = v; }
// What an earlier kernel of the chain wrote, past the first-level cache.
INLINE uint4 load8_fresh(const element* p) {
  uint4 v;
  asm volatile("ld.global.cg.v4.u32 {%0,%1,%2,%3}, [%4];" : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w) : "l"(p) : "memory");
  return v;
}

INLINE float exp2_fast(float x) { float y; asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x)); return y; }
INLINE u32 shared_address(const void* p) { return (u32)__cvta_generic_to_shared(p); }
INLINE float warp_sum(float v) { for (int o = 16; o; o >>= 1) v += __shfl_xor_sync(~0u, v, o); return v; }
INLINE float warp_max(float v) { for (int o = 16; o; o >>= 1) v = fmaxf(v, __shfl_xor_sync(~0u, v, o)); return v; }

// A kernel launched with programmatic stream serialization starts while the one before it runs: every thread of every
// kernel of such a chain waits before it reads what another one wrote. Otherwise both do nothing.
INLINE void await_previous() {
#if __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}
INLINE void release_next() {
#if __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
#endif
}
