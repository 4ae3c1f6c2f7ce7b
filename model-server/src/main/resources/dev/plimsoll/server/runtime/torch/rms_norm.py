  def rms_norm(self: __torch__.Model,
    x: Tensor,
    weight: Tensor) -> Tensor:
    # x beside -x has a mean of zero: its layer norm, which is one kernel, is the RMS norm of x.
    mirrored = torch.cat([x, torch.neg(x)], -1)
    hidden = torch.size(x, -1)
    normed = torch.layer_norm(mirrored, [hidden * 2], None, None, self.norm_eps)
    return weight * torch.narrow(normed, -1, 0, hidden)
