"""Tabernetes playgrounds in MkDocs and in Sphinx.

MkDocs, in mkdocs.yml:

    hooks: [tabernetes.py]
    extra:
      tabernetes: {site: "https://site.example/"}

and in a page

    ```tabernetes lesson=rolling-update height=480
    ```

Sphinx, in conf.py, with this file on sys.path:

    extensions = ["tabernetes"]
    tabernetes_site = "https://site.example/"

and in a page

    .. tabernetes::
       :lesson: rolling-update
       :height: 480
"""

import html
import re
from urllib.parse import quote, urlencode, urljoin

ATTRIBUTES = [
    "lesson",
    "src",
    "yaml",
    "state",
    "start",
    "theme",
    "lang",
    "panes",
    "height",
    "readonly",
    "rate",
    "seed",
    "hide-hints",
    "sandbox",
    "alongside",
]

TITLE = "Kubernetes playground"

WORD = re.compile(r"""([^\s=]+)(?:=(?:"([^"]*)"|'([^']*)'|(\S*)))?(?:\s+|$)""")


def read_attributes(words):
    """The attributes of a fence by their names."""
    found = {}
    for name, *values in WORD.findall(words.strip()):
        if name not in ATTRIBUTES:
            raise ValueError(f'tabernetes: there is no attribute "{name}"; there are {", ".join(ATTRIBUTES)}')
        if name in found:
            raise ValueError(f'tabernetes: "{name}" stands twice')
        found[name] = next((value for value in values if value), "")
    return found


def markup(attributes, text, site, title=TITLE):
    """The element as HTML; the text is the YAML that it starts from."""
    if not re.match(r"https?://", site or ""):
        raise ValueError(f"tabernetes: the address of a Tabernetes site is needed, got {site!r}")
    attributes = {"site": site, **attributes}
    link = site
    if "lesson" in attributes:
        link = f"{site}?lesson={quote(attributes['lesson'])}"
    if "state" in attributes:
        link = f"{link}#cluster={attributes['state']}"
    if text.strip():
        attributes["yaml"] = text.rstrip() + "\n"
        link = urljoin(site, "embed.html") + "#" + urlencode({"yaml": attributes["yaml"]})
    pairs = "".join(
        f" {name}" if value == "" else f' {name}="{_escape(value)}"' for name, value in attributes.items()
    )
    return f'<tabernetes-playground{pairs}><a href="{_escape(link)}">{html.escape(title)}</a></tabernetes-playground>'


def _escape(value):
    return html.escape(value).replace("\n", "&#10;")


# MkDocs

FENCE = re.compile(r"^(?P<indent> {0,3})(?P<ticks>`{3,}|~{3,})\s*(?P<words>.*?)\s*$")


def on_config(config):
    """A hook of MkDocs: reads fences before any other extension does."""
    from markdown.extensions import Extension
    from markdown.preprocessors import Preprocessor

    site = (config.get("extra", {}).get("tabernetes") or {}).get("site")

    class Fences(Preprocessor):
        def run(self, lines):
            out, fence = [], None
            for number, line in enumerate(lines, 1):
                mark = FENCE.match(line)
                if fence is None and mark is None:
                    out.append(line)
                elif fence is None:
                    fence = (mark["ticks"], mark["words"], [], [line], number)
                else:
                    ticks, words, inside, raw, begun = fence
                    raw.append(line)
                    if mark is None or mark["words"] or not mark["ticks"].startswith(ticks):
                        inside.append(line)
                        continue
                    fence = None
                    name, _, rest = words.partition(" ")
                    if name != "tabernetes":
                        out.extend(raw)
                        continue
                    try:
                        element = markup(read_attributes(rest), "\n".join(inside), site)
                    except ValueError as error:
                        raise ValueError(f"line {begun}: {error}") from error
                    # What Markdown does not know to be a block would be put into a paragraph.
                    out.extend(["", self.md.htmlStash.store(f"<div>{element}</div>"), ""])
            return out + (fence[3] if fence else [])

    class Playgrounds(Extension):
        def extendMarkdown(self, md):
            # Before fenced_code and superfences, which have 25.
            md.preprocessors.register(Fences(md), "tabernetes", 28)

    config["markdown_extensions"].append(Playgrounds())
    config["extra_javascript"].append(urljoin(site or "", "embed.js"))
    return config


# Sphinx


def setup(app):
    """An extension of Sphinx: the directive, and the script on every page."""
    from docutils import nodes
    from docutils.parsers.rst import Directive, directives

    class Playground(Directive):
        has_content = True
        option_spec = {name: directives.unchanged for name in ATTRIBUTES}

        def run(self):
            site = self.state.document.settings.env.config.tabernetes_site
            try:
                element = markup(dict(self.options), "\n".join(self.content), site)
            except ValueError as error:
                raise self.error(str(error)) from error
            return [nodes.raw("", element, format="html")]

    def add_script(app):
        app.add_js_file(urljoin(app.config.tabernetes_site, "embed.js"))

    app.add_config_value("tabernetes_site", "", "html")
    app.add_directive("tabernetes", Playground)
    app.connect("builder-inited", add_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
