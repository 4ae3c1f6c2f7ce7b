"""Renders random templates with Jinja2 and with `plimsoll render`, and compares.

    e2e/model/python e2e/templates/fuzz.py [--seconds N] [--seed N]

needs a built checkout; a batch of 3,000 is the least. Both must print the same text, or both refuse; a refusal by raise_exception in the same words.
"""

import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time
import warnings

import reference

ROOT = pathlib.Path(__file__).resolve().parents[2]
BATCH = 3000
warnings.simplefilter("ignore", SyntaxWarning)
NAMES = ["text", "empty", "list", "names", "mapping", "number", "real", "flag", "none", "nope", "messages", "tools"]
STRINGS = ["", "a", " b ", "user", "x,y,,z", "Ab cD", "\n", "<think>t</think>\n\nq", "été", "船🚢", "{{ x }}", "<&'\">", "7", "1.5", "%s"]
METHODS = [
    "strip()", "lstrip()", "rstrip('a ')", "split()", "split(',')", "split('</think>')", "rsplit(',', 1)", "upper()",
    "lower()", "title()", "capitalize()", "replace('a', 'ZZ')", "replace('', '-', 2)", "startswith('a')", "find('b')",
    "endswith((' ', 'z'))", "splitlines()", "count('a')", "zfill(4)", "center(9, '*')", "partition(',')", "isdigit()",
    "format(1, 'b')", "items()", "keys()", "values()", "get('a')", "get('q', 7)", "index('a')", "swapcase()", "isupper()",
    "removeprefix('a')", "join(['p', 'q'])", "istitle()", "expandtabs(3)", "append(1)", "pop()", "islower()",
]
FILTERS = [
    "trim", "upper", "lower", "title", "capitalize", "length", "list", "join(',')", "join('-', attribute='role')",
    "first", "last", "reverse", "string", "tojson", "tojson(indent=2)", "tojson(sort_keys=true)", "int", "int(9)", "float",
    "abs", "round", "round(1)", "default('d')", "default('d', true)", "sort", "sort(reverse=true)", "unique", "sum",
    "min", "max", "map('string')", "map(attribute='role')", "map('upper')", "select", "select('string')", "reject('none')",
    "selectattr('role', 'equalto', 'user')", "rejectattr('content')", "dictsort", "items", "replace('a', '--')",
    "string|indent(2)", "string|indent(3, true)", "batch(2)", "slice(2)", "wordcount", "e", "safe", "center(8)", "truncate(6)",
    "groupby('role')", "xmlattr", "urlencode", "format(1)", "count", "d(0)", "nofilter", "striptags", "filesizeformat",
]
TESTS = [
    "defined", "undefined", "none", "string", "number", "integer", "float", "boolean", "mapping", "sequence", "iterable",
    "callable", "true", "false", "odd", "even", "lower", "upper", "in names", "eq 1", "sameas none", "divisibleby(2)",
    "not defined", "not none", "not string", "gt 1", "escaped",
]
OPERATORS = ["+", "-", "*", "/", "//", "%", "**", "~", "==", "!=", "<", "<=", ">", ">=", "and", "or", "in", "not in"]
SPACE = ["", "", "", "-"]
VARIABLES = {
    "text": " one, two\tThree ", "empty": "", "list": [3, 1, 2.5, True], "names": ["b", "A", "c"],
    "mapping": {"a": 1, "b": [None, "é"], "role": "user"}, "number": 7, "real": -1.5, "flag": True, "none": None,
    "tools": [{"type": "function", "function": {"name": "f", "parameters": {"x": {"enum": ["<", "&"]}}}}],
    "add_generation_prompt": True,
}
MESSAGES = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": " What {{ 7*7 }}?\n"},
    {"role": "assistant", "content": "<think>t</think>\n\n49"},
    {"role": "user", "content": "船 🚢", "more": [1, {"k": "v"}]},
]


class Programs:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.local = []

    def pick(self, choices):
        return self.random.choice(choices)

    def constant(self):
        kind = self.random.randrange(8)
        if kind < 4:
            return json.dumps(self.pick(STRINGS), ensure_ascii=False)
        return self.pick(["0", "1", "2", "-3", "1.5", "true", "false", "none", "[]", "{}", "10", "0.1", "1e20"])

    def key(self):
        return self.pick(["'a'", "'b'", "1", "1.0", "true", "none", "''"])

    def name(self):
        return self.pick(NAMES + self.local * 3)

    def expression(self, depth):
        kind = self.random.randrange(20) if depth > 0 else self.random.randrange(5)
        inner = lambda: self.expression(depth - 1)
        if kind < 2:
            return self.constant()
        if kind < 5:
            return self.name()
        if kind < 8:
            return f"{self.operand(depth)}|{self.pick(FILTERS)}"
        if kind < 10:
            return f"{self.operand(depth)}.{self.pick(METHODS)}"
        if kind < 13:
            return f"({inner()} {self.pick(OPERATORS)} {inner()})"
        if kind == 13:
            return f"({inner()} is {self.pick(TESTS)})"
        if kind == 14:
            return f"({inner()} if {inner()} else {inner()})"
        if kind == 15:
            return f"{self.pick(['text', 'list', 'names', 'messages', 'mapping', 'nope', 'number'] + self.local)}[{self.pick([':', '1:', ':-1', '::-1', '::2', '-2:', '0', '-1', '9', repr('role'), repr('a')])}]"
        if kind == 16:
            return "[" + ", ".join(inner() for _ in range(self.random.randrange(3))) + "]"
        if kind == 17:
            return "{" + ", ".join(f"{self.key()}: {inner()}" for _ in range(self.random.randrange(3))) + "}"
        if kind == 18:
            return f"{self.pick(['not ', '-'])}{self.operand(depth)}"
        return self.pick(
            [f"range({self.random.randrange(5)})", "messages[0].role", "messages|length", "mapping.a", "loop.index", "ns.x",
             "messages[-1]['content']", "dict(a=1)", "loop.last", f"f({inner()})", f"f({inner()}, b={inner()})"]
        )

    def operand(self, depth):
        return self.name() if self.random.random() < 0.6 else f"({self.expression(depth - 1)})"

    def tag(self, inside):
        return "{%" + self.pick(SPACE) + f" {inside} " + self.pick(SPACE) + "%}"

    def data(self):
        return self.pick(["", "\n", " ", "x", "  \n  ", "\t y\n", "é"])

    def body(self, depth):
        return "".join(self.data() + self.statement(depth) for _ in range(self.random.randrange(1, 4)))

    def statement(self, depth):
        kind = self.random.randrange(18) if depth > 0 else self.random.randrange(7)
        e = lambda: self.expression(2)
        if kind < 6:
            return "{{" + self.pick(SPACE) + f" {e()} " + self.pick(SPACE) + "}}"
        if kind == 6:
            return "{#" + self.pick(SPACE) + " note " + self.pick(SPACE) + "#}"
        if kind == 7:
            name = self.pick(["v", "w"])
            made = self.tag(f"set {name} = {e()}")
            self.local.append(name)
            return made
        if kind == 8:
            return self.tag("set v") + self.body(depth - 1) + self.tag("endset")
        if kind == 9:
            return self.tag(f"set ns.x = {e()}")
        if kind < 13:
            made = self.tag(f"if {e()}") + self.body(depth - 1)
            if self.random.random() < 0.5:
                made += self.tag(f"elif {e()}") + self.body(depth - 1)
            if self.random.random() < 0.5:
                made += self.tag("else") + self.body(depth - 1)
            return made + self.tag("endif")
        if kind < 16:
            target = self.pick(["i", "m", "k, v"])
            items = self.pick(["messages", "list", "names", "mapping.items()", "range(3)", "messages[1:]", e()])
            made = self.tag(f"for {target} in {items}" + self.pick(["", "", f" if {e()}"]))
            self.local += target.split(", ")
            made += self.body(depth - 1)
            if self.random.random() < 0.2:
                made += self.tag(f"if {e()}") + self.tag(self.pick(["break", "continue"])) + self.tag("endif")
            if self.random.random() < 0.2:
                made += self.tag("else") + self.body(depth - 1)
            return made + self.tag("endfor")
        if kind == 16:
            return self.tag(f"filter {self.pick(['upper', 'trim', 'title', 'replace(1, 2)'])}") + self.body(depth - 1) + self.tag("endfilter")
        return self.tag(f"with v = {e()}") + self.body(depth - 1) + self.tag("endwith")

    def program(self):
        self.local = []
        begin = self.tag("set ns = namespace(x=0)") + self.tag("macro f(a, b='B')") + "{{ a }}{{ b }}" + self.tag("endmacro")
        if self.random.random() < 0.1:
            return begin + self.body(2) + "{{ raise_exception('no ' ~ " + self.expression(1) + ") }}"
        return begin + self.body(3)


def ours(programs):
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as requests:
        for program in programs:
            line = {"template": program, "messages": MESSAGES, "variables": VARIABLES, "now": reference.NOW.isoformat()}
            requests.write(json.dumps(line) + "\n")
        requests.flush()
        command = [str(ROOT / "model-server/plimsoll"), "render", "--requests", requests.name]
        answered = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    return [json.loads(line) for line in answered.stdout.split("\n") if line]


def same(wanted, got):
    kind, text = wanted
    if text is not None and any(part in text.lower() for part in (" at 0x", "<built-in", "<macro", "<bound", " object")):
        return ("text" in got) == (kind == "text")
    if "complex numbers" in got.get("error", ""):
        return True  # refused, as docs/chat-templates.md says
    if kind == "text":
        return got.get("text") == text
    return "error" in got and (text is None or got["error"] == text)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--seconds", type=float, default=20)
    arguments.add_argument("--seed", type=int, default=int(os.environ.get("PLIMSOLL_FUZZ_SEED", "1")))
    arguments = arguments.parse_args()
    end = time.monotonic() + arguments.seconds
    seed, rendered, texts, different = arguments.seed, 0, 0, []
    while time.monotonic() < end and len(different) < 20:
        made = Programs(seed)
        programs = [made.program() for _ in range(BATCH)]
        answers = ours(programs)
        if len(answers) != len(programs):
            sys.exit(f"{len(programs)} templates had {len(answers)} answers")
        for program, got in zip(programs, answers):
            wanted = reference.render(program, MESSAGES, VARIABLES)
            rendered += 1
            texts += wanted[0] == "text"
            if not same(wanted, got):
                different.append((program, wanted, got))
        seed += 1
    for program, wanted, got in different[:20]:
        print(f"template {program!r}\n  Jinja2 {wanted!r}\n  ours   {got!r}")
    print(f"{rendered} random templates, {texts} of them with a text: {len(different)} differ (seeds {arguments.seed} to {seed - 1})")
    sys.exit(1 if different or texts < rendered / 20 else 0)


if __name__ == "__main__":
    main()
