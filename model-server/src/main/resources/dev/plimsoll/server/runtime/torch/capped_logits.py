  def logits(self: __torch__.Model,
    x: Tensor) -> Tensor:
    logits = torch.linear(x, self.lm_head[0], None)
    capped = torch.mul_(torch.tanh_(torch.div_(logits, self.logit_cap)), self.logit_cap)
    return torch.to(capped, 6)
