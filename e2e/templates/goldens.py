"""Renders each small template of the model server's tests with Jinja2:

    e2e/model/python e2e/templates/goldens.py

writes NAME.txt beside NAME.jinja: its text, or "refused" and the words of raise_exception. NAME.json has the messages and
variables, where they are others than those of default.json.
"""

import json
import pathlib

import reference

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "model-server/src/test/resources/templates"


def main():
    for template in sorted(FOLDER.glob("*.jinja")):
        given = template.with_suffix(".json")
        case = json.loads((given if given.exists() else FOLDER / "default.json").read_text())
        with open(template, newline="") as file:
            kind, text = reference.render(file.read(), case["messages"], case["variables"])
        expected = text if kind == "text" else "refused: " + (text or "")
        template.with_suffix(".txt").write_text(expected, newline="")


if __name__ == "__main__":
    main()
