  def prepare(self: __torch__.Model,
    x: Tensor) -> NoneType:
    _0 = self.prepare_attention(x)
    return None

  # Projections are stored as [inputs, outputs].
  def layer(self: __torch__.Model,
    x: Tensor,
    layer: int) -> Tensor:
    normed = self.layer_norm(x, self.ln_1[layer], self.ln_1_bias[layer])
    qkv = torch.addmm(self.c_attn_bias[layer], normed, self.c_attn[layer])
    split = torch.chunk(torch.view(qkv, [torch.size(x, 0), -1, self.head_dim]), 3, 1)
    rows = self.paged_attention(split[0], split[1], split[2], layer)
    attended = x + torch.addmm(self.c_proj_bias[layer], rows, self.c_proj[layer])
    normed1 = self.layer_norm(attended, self.ln_2[layer], self.ln_2_bias[layer])
    wide = self.activation(torch.addmm(self.c_fc_bias[layer], normed1, self.c_fc[layer]))
    return attended + torch.addmm(self.mlp_c_proj_bias[layer], wide, self.mlp_c_proj[layer])

  def normalize(self: __torch__.Model,
    x: Tensor) -> Tensor:
    return self.layer_norm(torch.index_select(x, 0, self.last[0]), self.norm[0], self.norm_bias[0])
