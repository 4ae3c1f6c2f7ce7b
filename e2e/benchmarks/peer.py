"""transformers serving the same checkpoint, in a process of its own: prints a line of JSON for each thing it measured."""

import json
import sys
import time

BEGUN = float(sys.argv[1])


def say(**values):
    print(json.dumps(values), flush=True)


def main(folder, dtype, device, tokens, sequences):
    import torch
    import transformers

    if device == "cuda:0":
        torch.cuda.is_available()
    say(imported=time.time() - BEGUN)
    begun = time.time()
    model = transformers.AutoModelForCausalLM.from_pretrained(
        folder, dtype=getattr(torch, dtype), device_map={"": device}
    )
    if device == "cuda:0":
        torch.cuda.synchronize()
    say(load=time.time() - begun)

    def generate(count, length):
        prompt = torch.tensor([[11, 22, 33, 44 + i] for i in range(count)], device=device)
        with torch.inference_mode():
            made = model.generate(
                prompt,
                attention_mask=torch.ones_like(prompt),
                do_sample=False,
                max_new_tokens=length,
                min_new_tokens=length,
                pad_token_id=0,
            )
        return made[:, 4:].tolist()

    generate(1, 1)
    say(first_token=time.time() - BEGUN)
    for count in sequences:
        for _ in range(2):
            begun = time.time()
            generate(count, tokens)
        say(sequences=count, rate=count * tokens / (time.time() - begun))
    say(done=True)
    sys.stdin.read()


main(sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5]), [int(count) for count in sys.argv[6].split(",")])
