"""Jinja2 as transformers sets it up for chat templates (transformers/utils/chat_template_utils.py)."""

import datetime
import json

import jinja2
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

NOW = datetime.datetime(2026, 11, 26)


class Generation(Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_said"), [], [], body).set_lineno(line)

    def _said(self, caller):
        return caller()


class Dict:
    def __call__(self, *args, **kwargs):
        return dict(*args, **kwargs)

    def fromkeys(self, *args):
        return dict.fromkeys(*args)


class Namespace(jinja2.utils.Namespace):
    def __init__(*args, **kwargs):
        self, args = args[0], args[1:]
        attributes = dict(*args, **kwargs)
        for name in attributes:
            Namespace._check(name)
        jinja2.utils.Namespace.__init__(self, attributes)

    def __setitem__(self, name, value):
        Namespace._check(name)
        jinja2.utils.Namespace.__setitem__(self, name, value)

    @staticmethod
    def _check(name):
        if isinstance(name, str) and name.startswith("_"):
            raise jinja2.exceptions.SecurityError(name)


class Refusal(jinja2.exceptions.TemplateError):
    """What raise_exception raises: its words are the template's own."""


def refuse(message):
    raise Refusal(message)


def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def environment():
    made = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols])
    made.filters["tojson"] = tojson
    made.globals["raise_exception"] = refuse
    made.globals["strftime_now"] = NOW.strftime
    made.globals["dict"] = Dict()
    made.globals["namespace"] = Namespace
    return made


ENVIRONMENT = environment()


def render(template, messages, variables):
    """Returns ("text", text) or ("error", words); words are None where they are Python's and not the template's."""
    try:
        given = {"messages": messages, "tools": None, "documents": None, "add_generation_prompt": False, **variables}
        return "text", ENVIRONMENT.from_string(template).render(**given)
    except Refusal as refusal:
        return "error", refusal.message
    except RecursionError:
        return "error", None
    except Exception:
        return "error", None
