"""OpenAI's own client against the built server with the real small model: what it sends is taken, what it gets it parses."""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import typing
import unittest

import openai
import pydantic

ROOT = pathlib.Path(__file__).resolve().parents[2]
CACHE = pathlib.Path(os.environ.get("PLIMSOLL_CACHE", pathlib.Path.home() / ".cache/plimsoll"))
MODEL = CACHE / "models/SmolLM2-135M-Instruct"
TEMPLATE = """{%- if tools %}<|im_start|>system
Tools: {{ tools | tojson }}. Call one as <tool_call>{"name": .., "arguments": ..}</tool_call><|im_end|>
{% endif %}
{%- for message in messages %}<|im_start|>{{ message.role }}
{{ message.content or '' }}
{%- for call in message.tool_calls or [] %}<tool_call>{{ call.function | tojson }}</tool_call>{% endfor %}<|im_end|>
{% endfor %}
{%- if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""
WEATHER = {
    "type": "function",
    "function": {"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}},
}


class Place(pydantic.BaseModel):
    name: str = pydantic.Field(max_length=20)
    kind: typing.Literal["city", "country", "river"]
    inhabitants: int = pydantic.Field(ge=0, le=10_000_000_000)
    rivers: list[typing.Literal["Seine", "Rhine", "Danube"]] = pydantic.Field(max_length=2)
    mayor: typing.Optional[bool]


class Weather(pydantic.BaseModel):
    city: str = pydantic.Field(max_length=20)
    unit: typing.Literal["celsius", "fahrenheit"]


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class OpenAiClient(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        checkpoint = pathlib.Path(cls.folder) / "smol"
        shutil.copytree(MODEL, checkpoint, copy_function=os.link if os.stat(MODEL).st_dev == os.stat(cls.folder).st_dev else shutil.copy)
        (checkpoint / "chat_template.jinja").write_text(TEMPLATE)
        port = free_port()
        cls.log = open(pathlib.Path(cls.folder) / "server.log", "w")
        cls.server = subprocess.Popen(
            [ROOT / "model-server/plimsoll", "serve", "--model", checkpoint, "--policy", "HostOnly"]
            + ["--memory-host", "3Gi", "--host", "127.0.0.1", "--port", str(port)]
            + ["--management-port", str(free_port())],
            stdout=cls.log,
            stderr=subprocess.STDOUT,
        )
        # The server is still starting: the client's own retries carry it over.
        cls.client = openai.OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key="any", max_retries=20, timeout=120)
        cls.first = cls.client.chat.completions.create(
            model="smol", messages=[{"role": "user", "content": "What is the capital of France?"}], temperature=0, max_tokens=20
        )

    @classmethod
    def tearDownClass(cls):
        cls.server.send_signal(signal.SIGTERM)
        cls.server.wait(60)
        cls.log.close()
        shutil.rmtree(cls.folder)

    def chat(self, content="What is the capital of France?", **more):
        messages = [{"role": "user", "content": content}]
        return self.client.chat.completions.create(model="smol", messages=messages, temperature=0, max_tokens=20, **more)

    def test_an_answer(self):
        self.assertIn("Paris", self.first.choices[0].message.content)
        self.assertEqual(self.first.usage.total_tokens, self.first.usage.prompt_tokens + self.first.usage.completion_tokens)

    def test_a_stream_is_the_whole_answer(self):
        chunks = list(self.chat(stream=True, stream_options={"include_usage": True}))
        text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
        self.assertEqual(text, self.first.choices[0].message.content)
        self.assertEqual(chunks[-1].usage, self.first.usage)
        self.assertEqual([c.choices[0].finish_reason for c in chunks if c.choices][-1], self.first.choices[0].finish_reason)

    def test_the_stream_helper_gathers_it(self):
        with self.client.chat.completions.stream(
            model="smol", messages=[{"role": "user", "content": "What is the capital of France?"}], temperature=0, max_tokens=20
        ) as stream:
            final = stream.get_final_completion()
        self.assertEqual(final.choices[0].message.content, self.first.choices[0].message.content)

    def test_log_probabilities(self):
        choice = self.chat(logprobs=True, top_logprobs=2).choices[0]
        tokens = choice.logprobs.content
        for token in tokens:
            self.assertLessEqual(token.logprob, 0)
            self.assertEqual(token.top_logprobs[0].token, token.token)
            self.assertEqual(len(token.top_logprobs), 2)
        self.assertTrue("".join(token.token for token in tokens).startswith(choice.message.content))

    def test_choices_and_seeds(self):
        def drawn():
            answer = self.client.completions.create(model="smol", prompt=["One", "Two"], n=2, temperature=1.5, seed=7, max_tokens=8)
            return [(choice.index, choice.text) for choice in answer.choices]

        self.assertEqual([index for index, _ in drawn()], [0, 1, 2, 3])
        self.assertEqual(drawn(), drawn())

    def test_a_completion_with_echo_and_stop(self):
        whole = self.client.completions.create(model="smol", prompt="The capital of France is", temperature=0, max_tokens=12, echo=True)
        self.assertTrue(whole.choices[0].text.startswith("The capital of France is"))
        stopped = self.client.completions.create(
            model="smol", prompt="The capital of France is", temperature=0, max_tokens=12, stop=[" Paris"]
        )
        self.assertNotIn("Paris", stopped.choices[0].text)
        self.assertEqual(stopped.choices[0].finish_reason, "stop")

    def test_tools_reach_the_prompt_and_calls_of_before_do(self):
        without = self.chat().usage.prompt_tokens
        self.assertGreater(self.chat(tools=[WEATHER]).usage.prompt_tokens, without + 10)
        self.assertEqual(self.chat(tools=[WEATHER], tool_choice="none").usage.prompt_tokens, without)
        call = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": json.dumps({"city": "Lyon"})}}
        history = [
            {"role": "user", "content": "Weather?"},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "c1", "content": "Rain"},
        ]
        answer = self.client.chat.completions.create(model="smol", messages=history, tools=[WEATHER], max_tokens=5)
        self.assertGreater(answer.usage.prompt_tokens, 20)

    def test_an_answer_is_parsed_into_its_model(self):
        for temperature in (0, 1, 2):
            answer = self.client.chat.completions.parse(
                model="smol",
                messages=[{"role": "user", "content": "Tell me of Paris."}],
                response_format=Place,
                temperature=temperature,
                max_tokens=1000,
            )
            self.assertEqual(answer.choices[0].finish_reason, "stop")
            self.assertIsInstance(answer.choices[0].message.parsed, Place)

    def test_a_json_object_streams(self):
        chunks = list(
            self.client.chat.completions.create(
                model="smol",
                messages=[{"role": "user", "content": "Tell me of Paris, as JSON."}],
                response_format={"type": "json_object"},
                temperature=0,
                max_tokens=200,
                stream=True,
            )
        )
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
        finish = chunks[-1].choices[0].finish_reason
        self.assertTrue(text.startswith("{"))
        self.assertIn(finish, ("stop", "length"))
        if finish == "stop":
            self.assertIsInstance(json.loads(text), dict)

    def test_a_tool_is_called_when_it_must_be(self):
        tool = openai.pydantic_function_tool(Weather, name="weather")
        for choice in ("required", {"type": "function", "function": {"name": "weather"}}):
            answer = self.client.chat.completions.parse(
                model="smol",
                messages=[{"role": "user", "content": "How is the weather in Lyon?"}],
                tools=[tool],
                tool_choice=choice,
                parallel_tool_calls=False,
                temperature=1,
                max_tokens=200,
            )
            (call,) = answer.choices[0].message.tool_calls
            self.assertIsInstance(call.function.parsed_arguments, Weather)
            self.assertEqual(answer.choices[0].finish_reason, "tool_calls" if choice == "required" else "stop")

    def test_a_schema_that_is_not_implemented_is_refused_by_name(self):
        schema = {"type": "object", "properties": {"a": {"type": "array", "uniqueItems": True}}}
        with self.assertRaises(openai.BadRequestError) as refused:
            self.chat(response_format={"type": "json_schema", "json_schema": {"name": "s", "schema": schema}})
        self.assertEqual(refused.exception.param, "response_format")
        self.assertIn("properties.a.uniqueItems", refused.exception.message)

    def test_errors_are_the_clients_own(self):
        with self.assertRaises(openai.BadRequestError) as wrong:
            self.chat(extra_body={"no_such_field": 1})
        self.assertEqual(wrong.exception.param, "no_such_field")
        with self.assertRaises(openai.BadRequestError) as long:
            self.client.completions.create(model="smol", prompt="word " * 20_000, max_tokens=1)
        self.assertEqual((long.exception.code, long.exception.param), ("context_length_exceeded", "prompt"))
        with self.assertRaises(openai.NotFoundError):
            self.client.models.retrieve("other")
        with self.assertRaises(openai.NotFoundError):
            self.client.chat.completions.create(model="other", messages=[{"role": "user", "content": "x"}])

    def test_models(self):
        self.assertEqual([model.id for model in self.client.models.list()], ["smol"])
        self.assertEqual(self.client.models.retrieve("smol").id, "smol")


if __name__ == "__main__":
    unittest.main()
