  def rms_norm(self: __torch__.Model,
    x: Tensor,
    weight: Tensor) -> Tensor:
    wide = torch.to(x, 6)
    variance = torch.mean(wide * wide, [-1], True, dtype=None)
    scaled = wide * torch.rsqrt(variance + self.norm_eps)
    return torch.to(scaled * (torch.to(weight, 6) + 1.), ops.prim.dtype(x))
