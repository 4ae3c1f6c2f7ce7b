// Barriers in shared memory that also count bytes and copies (mbarrier), for compute capability 9.0 and later.
#pragma once
#include "types.cuh"
#if __CUDA_ARCH__ >= 900

INLINE void init_barrier(u32 barrier, u32 arrivals) {
  asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" :: "r"(barrier), "r"(arrivals) : "memory");
}
// What was initialised is seen by copies and by other threads behind a barrier of the block.
INLINE void publish_barriers() { asm volatile("fence.mbarrier_init.release.cluster;\nfence.proxy.async.shared::cta;" ::: "memory"); }
INLINE void arrive(u32 barrier) { asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" :: "r"(barrier) : "memory"); }
INLINE void await_phase(u32 barrier, u32 phase) {
  asm volatile("{\n.reg .pred p;\nAGAIN_%=:\nmbarrier.try_wait.parity.shared::cta.b64 p, [%0], %1;\n@!p bra AGAIN_%=;\n}" :: "r"(barrier), "r"(phase) : "memory");
}
#endif
