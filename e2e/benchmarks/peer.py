"""transformers serving the same checkpoint, in a process of its own: prints a line of JSON for each thing it measured."""

import json
import sys
import time

BEGUN = float(sys.argv[1])


def say(**values):
    print(json.dumps(values), flush=True)


def main(folder, dtype, device, tokens, sequences, prompts):
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

    def generate(count, length, prompt_tokens=4):
        ids = [[11 + i * count + k for k in range(prompt_tokens)] for i in range(count)]
        prompt = torch.tensor(ids, device=device)
        with torch.inference_mode():
            made = model.generate(
                prompt,
                attention_mask=torch.ones_like(prompt),
                do_sample=False,
                max_new_tokens=length,
                min_new_tokens=length,
                pad_token_id=0,
            )
        return made[:, prompt_tokens:].tolist()

    generate(1, 1)
    say(first_token=time.time() - BEGUN)
    for count in sequences:
        for _ in range(2):
            begun = time.time()
            generate(count, tokens)
        say(sequences=count, rate=count * tokens / (time.time() - begun))
    for count, length in prompts:
        for _ in range(3):
            begun = time.time()
            generate(count, 1, length)
            took = time.time() - begun
        say(prompts=[count, length], milliseconds=1000 * took)
    say(done=True)
    sys.stdin.read()


main(*sys.argv[2:5], int(sys.argv[5]), json.loads(sys.argv[6]), json.loads(sys.argv[7]))
