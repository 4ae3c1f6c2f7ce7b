  def layer(self: __torch__.Model,
    x: Tensor,
    layer: int) -> Tensor:
    attended = self.self_attention(self.rms_norm(x, self.input_layernorm[layer]), layer)
    x1 = x + self.rms_norm(attended, self.post_attention_layernorm[layer])
    fed = self.mlp(self.rms_norm(x1, self.pre_feedforward_layernorm[layer]), layer)
    return x1 + self.rms_norm(fed, self.post_feedforward_layernorm[layer])
