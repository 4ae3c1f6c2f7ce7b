// Products of a warpgroup (128 threads) from shared memory: wgmma, of compute capability 9.0 alone.
#pragma once
#include "types.cuh"
#ifdef __CUDA_ARCH_FEAT_SM90_ALL

// Rows of 128 bytes, eight of which make a block of 1,024 bytes whose chunks of 16 bytes are permuted by the row. In a
// descriptor: where the operand begins, bytes to the next 64 elements of the contiguous dimension (used where that one is
// not contracted), bytes to the next eight rows, and the permutation.
INLINE u64 operand(u32 address, u32 panel_bytes) {
  return (u64)((address & 0x3ffffu) >> 4) | (u64)(panel_bytes >> 4) << 16 | (u64)(1024 >> 4) << 32 | (u64)1 << 62;
}
INLINE void wgmma_begin() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }
INLINE void wgmma_commit() { asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory"); }
// Until at most LEFT groups are under way; registers of the others' results may be read then.
template <int LEFT> INLINE void wgmma_await() { asm volatile("wgmma.wait_group.sync.aligned %0;" :: "n"(LEFT) : "memory"); }
template <int N> INLINE void pin(float (&c)[N]) {
#pragma unroll
  for (int i = 0; i < N; i++) asm volatile("" : "+f"(c[i]) :: "memory");
}

#ifdef ELEMENT_FLOAT16
#define WGMMA_TYPES "f32.f16.f16"
#else
#define WGMMA_TYPES "f32.bf16.bf16"
#endif
#define C8(c, i) "+f"(c[i]), "+f"(c[i + 1]), "+f"(c[i + 2]), "+f"(c[i + 3]), "+f"(c[i + 4]), "+f"(c[i + 5]), "+f"(c[i + 6]), "+f"(c[i + 7])
#define C32(c, i) C8(c, i), C8(c, i + 8), C8(c, i + 16), C8(c, i + 24)
#define R32 "%0,%1,%2,%3,%4,%5,%6,%7,%8,%9,%10,%11,%12,%13,%14,%15,%16,%17,%18,%19,%20,%21,%22,%23,%24,%25,%26,%27,%28,%29,%30,%31"
#define R64 R32 ",%32,%33,%34,%35,%36,%37,%38,%39,%40,%41,%42,%43,%44,%45,%46,%47,%48,%49,%50,%51,%52,%53,%54,%55,%56,%57,%58,%59,%60,%61,%62,%63"

// c = a * b (+ c where more), a [64, 16] and b [N, 16] in shared memory, what is contracted being contiguous. A lane has of
// each eight columns two of rows g and g + 8, as mma has them.
INLINE void wgmma(float (&c)[64], u64 a, u64 b, bool more) {
  asm volatile("{\n.reg .pred p;\nsetp.ne.b32 p, %66, 0;\n"
    "wgmma.mma_async.sync.aligned.m64n128k16." WGMMA_TYPES " {" R64 "}, %64, %65, p, 1, 1, 0, 0;\n}"
    : C32(c, 0), C32(c, 32) : "l"(a), "l"(b), "r"((int)more));
}
// c += a * b, a in registers as mma has it, b [16, N] in shared memory, N being contiguous.
INLINE void wgmma(float (&c)[64], const u32* a, u64 b) {
  asm volatile("wgmma.mma_async.sync.aligned.m64n128k16." WGMMA_TYPES " {" R64 "}, {%64,%65,%66,%67}, %68, 1, 1, 1, 1;"
    : C32(c, 0), C32(c, 32) : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b));
}
INLINE void wgmma(float (&c)[32], const u32* a, u64 b) {
  asm volatile("wgmma.mma_async.sync.aligned.m64n64k16." WGMMA_TYPES " {" R32 "}, {%32,%33,%34,%35}, %36, 1, 1, 1, 1;"
    : C32(c, 0) : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b));
}
#endif
