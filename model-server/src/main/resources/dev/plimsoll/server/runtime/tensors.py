class Tensors(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def zeros(self: __torch__.Tensors,
    sizes: List[int],
    dtype: int,
    device: str) -> Tensor:
    return torch.zeros(sizes, dtype=dtype, layout=None, device=torch.device(device), pin_memory=False)

  def land(self: __torch__.Tensors,
    target: Tensor,
    staging: Tensor,
    offset: int,
    bytes: int,
    dtype: int,
    element: int,
    elements: int) -> NoneType:
    raw = torch.slice(staging, 0, offset, torch.add(offset, bytes), 1)
    if torch.ne(torch.remainder(offset, 8), 0):
      aligned = torch.clone(raw)
    else:
      aligned = raw
    stored = torch.view_copy(aligned, dtype=dtype)
    flat = torch.view(target, [-1])
    landing = torch.slice(flat, 0, element, torch.add(element, elements), 1)
    _0 = torch.copy_(landing, stored, False)
    return None
