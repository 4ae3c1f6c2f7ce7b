// All kernels: one image for each element type and compute capability.
#include "layers.cu"
#include "attention.cu"
#include "prompt.cu"
#include "prompt_wgmma.cu"
#include "sampling.cu"
#include "products.cu"
