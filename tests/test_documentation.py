"""The documents say what is there: commands, formats, recipes."""

import re
from pathlib import Path

import pytest
import typer.main

from rejoinder import registry
from rejoinder.doors.cli import app

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCS = README + "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").glob("*.md")))
COMMAND = typer.main.get_command(app)


def commands(command, path=("rejoinder",)):
    """Every command that does something, as its words."""
    inner = getattr(command, "commands", {})
    if not inner:
        yield path, command
    for name, one in inner.items():
        yield from commands(one, (*path, name))


@pytest.mark.parametrize("path", [" ".join(path) for path, _ in commands(COMMAND)])
def test_every_command_is_documented(path):
    """README or docs show it."""
    assert path in DOCS


def test_every_documented_command_exists_with_its_options():
    """What the documents tell to type is taken by the command line."""
    known = {" ".join(path): command for path, command in commands(COMMAND)}
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", DOCS, flags=re.DOTALL))
    for typed in re.findall(r"(?:^|\| |&& )(rejoinder [^#|\n]*)", blocks, flags=re.MULTILINE):
        words = typed.split()
        name = next((" ".join(words[:n]) for n in (3, 2) if " ".join(words[:n]) in known), None)
        assert name, f"{typed} is documented and does not exist"
        options = {option for parameter in known[name].params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options, typed


def test_ci_runs_the_test_command_of_the_readme():
    """The second of the two commands, to the letter."""
    (command,) = re.findall(r"^pip install -e .*pytest$", README, flags=re.MULTILINE)
    ran = (ROOT / ".ci" / "run").read_text(encoding="utf-8")

    assert command.replace("pip install", "pip install --quiet") in ran


def test_every_recipe_has_eight_steps():
    """Five recipes, each short enough to be followed."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    recipes = re.split(r"^## Recipe: ", text, flags=re.MULTILINE)[1:]

    assert [8] * 5 == [len(re.findall(r"^\d\. ", recipe, flags=re.MULTILINE)) for recipe in recipes]


@pytest.mark.parametrize("group", ["sources", "detectors", "responses", "measures", "pages"])
def test_every_registered_part_can_be_made_and_says_what_it_is(group):
    """An entry point that leads nowhere is found here; so is a part without words."""
    for part in registry.make_all(group):
        assert part.name
        assert type(part).__doc__


def test_links_between_documents_lead_somewhere():
    """Relative links of README, CONTRIBUTING and docs."""
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name} links to {target}"
