  def logits(self: __torch__.Model,
    x: Tensor) -> Tensor:
    logits = torch.linear(x, self.lm_head[0], None)
    return torch.to(torch.tanh(logits / self.logit_cap) * self.logit_cap, 6)
