"""The page of a picture in a real browser: it shows what it holds, asks nothing of anybody, runs nobody's script."""

import csv
import io
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from conftest import ROOT, extraction, hostile, note

from graph import open_store
from graph.door import admit
from graph.model import Document, Extraction
from graph.ontology import STRENGTH
from loaders import claims
from loaders.source import Source
from queries import picture
from queries.picture import Picture, page, views

DEV = ROOT / "tests" / "data" / "dev"
CY = "document.getElementById('graph')._cyreg.cy"
"""The library's own object: where things are drawn is its to know."""


class Tab:
    """A page that is open, with all that it asked for and all that went wrong in it."""

    def __init__(self, browser: Any, path: Path, fragment: str = "", **more: Any) -> None:
        settings = {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light", **more}
        self.tab = browser.new_page(**settings)
        self.requests: list[str] = []
        self.faults: list[str] = []
        self.tab.on("request", lambda request: self.requests.append(request.url))
        self.tab.on("console", lambda message: self.faults.append(message.text))
        self.tab.on("pageerror", lambda error: self.faults.append(str(error)))
        self.tab.on("dialog", lambda dialog: self.faults.append(dialog.message))
        self.tab.goto(path.as_uri() + fragment)
        self.tab.wait_for_selector("html[data-ready=yes]", timeout=20_000)

    def does(self, script: str, argument: Any = None) -> Any:
        return self.tab.evaluate(script, argument)

    def drawn(self) -> list[str]:
        """Names of the entities that are drawn, in order."""
        return self.does(f"() => {CY}.nodes().map(n => n.scratch('_about').name)")  # type: ignore[no-any-return]

    def edges(self) -> list[str]:
        """Keys of the facts that are drawn."""
        return self.does(f"() => {CY}.edges().map(e => e.scratch('_about').key)")  # type: ignore[no-any-return]

    def places(self) -> Any:
        return self.does(f"() => {CY}.nodes().map(n => n.position())")

    def panel(self) -> str:
        return self.tab.inner_text("#details")  # type: ignore[no-any-return]

    def search(self, text: str) -> None:
        self.tab.fill("#search", text)
        self.tab.press("#search", "Enter")

    def download(self, button: str) -> bytes:
        with self.tab.expect_download() as waiting:
            self.tab.click(f"#{button}")
        return Path(waiting.value.path()).read_bytes()


Open = Callable[..., Tab]


@pytest.fixture
def open_page(browser: Any, tmp_path: Path) -> Iterator[Open]:
    """Opens the page of a picture; at the end nothing must have been asked for and nothing gone wrong."""
    tabs: list[Tab] = []

    def open_(drawn: Picture, fragment: str = "", **more: Any) -> Tab:
        path = tmp_path / "picture.html"
        path.write_text(page.write(drawn), encoding="utf-8")
        tabs.append(Tab(browser, path, fragment, **more))
        return tabs[-1]

    yield open_
    for tab in tabs:
        assert not tab.faults
        assert [url for url in tab.requests if not url.startswith(("blob:", "data:"))] == [tab.requests[0]]
        tab.tab.close()


def pictures(of: Callable[[Any], Picture], *parcels: Extraction) -> Picture:
    with open_store(":memory:") as store:
        store.add(parcels or (e for path in sorted(DEV.glob("*.json")) for e in claims.load(Source.read(path))))
        return of(store)


@pytest.fixture(scope="module")
def everything() -> Picture:
    return pictures(views.everything)


@pytest.fixture(scope="module")
def huawei() -> Picture:
    return pictures(lambda store: views.ego(store, "Huawei"))


def edge(drawn: Picture, key: str) -> picture.Edge:
    (found,) = [edge for edge in drawn.edges if edge.fact.id.startswith(key)]
    return found


def shown(tab: Tab) -> list[str]:
    """The sentences of the claims in the panel."""
    return tab.does("() => [...document.querySelectorAll('.claims blockquote')].map(q => q.textContent)")  # type: ignore[no-any-return]


# -- what is drawn at first


def test_a_page_opens_on_its_focus_the_same_every_time(open_page: Open, everything: Picture) -> None:
    tab, again = open_page(everything), open_page(everything)
    names = {node.id: node.name for node in everything.nodes}
    assert tab.drawn() == [names[id] for id in everything.focus]
    assert 0 < len(tab.edges()) <= picture.FOCUS_EDGES
    assert tab.places() == again.places()
    assert "488 entities and 821 facts" in tab.panel()


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_overlaps_or_is_cut_off(open_page: Open, everything: Picture, huawei: Picture, width: int) -> None:
    for drawn in (everything, huawei):
        tab = open_page(drawn, viewport={"width": width, "height": 800 if width > 900 else 844})
        boxes = tab.does(f"() => {CY}.nodes().map(n => n.renderedBoundingBox({{includeOverlays: false}}))")
        frame = tab.does("() => [graph.clientWidth, graph.clientHeight]")
        for n, a in enumerate(boxes):
            assert a["x1"] >= -1
            assert a["y1"] >= -1
            assert a["x2"] <= frame[0] + 1
            assert a["y2"] <= frame[1] + 1
            for b in boxes[:n]:
                apart = max(a["x1"] - b["x2"], b["x1"] - a["x2"], a["y1"] - b["y2"], b["y1"] - a["y2"])
                assert apart > -8
        assert tab.does(f"() => {CY}.zoom() * 12") >= 9  # pixels of the letters
        assert tab.does("() => document.documentElement.scrollWidth <= innerWidth")


# -- edges and their claims

_WHERE = """n => {
  const frame = document.getElementById('graph'), cy = frame._cyreg.cy, box = frame.getBoundingClientRect();
  const along = (edge, from, to) => {
    const c = edge.controlPoints() && edge.renderedControlPoints()[0];
    const [a, b] = [edge.renderedSourceEndpoint(), edge.renderedTargetEndpoint()];
    return Array.from({length: 61}, (_, i) => {
      const t = from + (to - from) * i / 60, s = 1 - t;
      return c ? [s*s*a.x + 2*s*t*c.x + t*t*b.x, s*s*a.y + 2*s*t*c.y + t*t*b.y] : [s*a.x + t*b.x, s*a.y + t*b.y];
    });
  };
  const edges = cy.edges(), mine = edges[n];
  const others = edges.toArray().filter(edge => edge !== mine).flatMap(edge => along(edge, 0, 1));
  const nodes = cy.nodes().map(node => [...Object.values(node.renderedPosition()), node.renderedWidth() / 2]);
  const free = ([x, y]) => Math.min(...others.map(p => Math.hypot(p[0] - x, p[1] - y)),
    ...nodes.map(p => Math.hypot(p[0] - x, p[1] - y) - p[2]));
  const best = along(mine, 0.05, 0.95).sort((p, q) => free(q) - free(p))[0];
  return [box.x + best[0], box.y + best[1]];
}"""
"""Where one would click an edge: where it lies most free of all others."""


def test_clicks_on_edges_open_the_right_claims(open_page: Open, huawei: Picture) -> None:
    """60 edges of a real neighbourhood, with several between one pair and both directions."""
    tab = open_page(huawei)
    keys = tab.edges()[:60]
    assert len(keys) == 60
    facts = [edge(huawei, key).fact for key in keys]
    pairs = [(fact.subject_id, fact.object_id) for fact in facts]
    assert len(pairs) - len(set(pairs)) >= 8
    assert any((b, a) in pairs for a, b in pairs)
    right = 0
    for n, key in enumerate(keys):
        tab.tab.mouse.click(*tab.does(_WHERE, n))
        right += sorted(shown(tab)) == sorted(row["evidence"] for row in edge(huawei, key).claims)
        tab.tab.wait_for_timeout(20)
    assert right >= 58


def test_a_claim_tells_all_that_is_known_of_it(open_page: Open) -> None:
    text = "Rumour has it that Acme sold 5 wafers to 寒武纪 in May."
    about = {"title": "Wafers & more", "url": "https://example.org/a?b=1&c=2", "publisher": "The Ledger"}
    document = Document.model_validate({**about, "published": "2024-05-06", "text": text})
    claim = note(
        "Acme", "SUPPLIES", "寒武纪", evidence=text, modality="rumored", attribution=["two people"], date="2024-05"
    )
    claim |= {"qualifiers": {"quantity": 5, "product": "wafers"}, "confidence": 0.83}
    names = [{"name": "Acme", "label": "Firm"}, {"name": "寒武纪", "label": "Firm", "aliases": ["Cambricon"]}]
    tab = open_page(pictures(views.everything, admit(document, names, [claim], "test/1")))
    tab.tab.click("#tab-facts")
    tab.tab.click("#details .row")
    said = tab.panel()
    for part in (
        text,
        "The Ledger",
        "2024-05-06",
        "rumored",
        "credited to two people",
        "happened 2024-05",
        "0.83",
        "test/1",
    ):
        assert part in said
    assert "quantity 5" in said
    marks = tab.does("() => [...document.querySelectorAll('mark')].map(m => [m.className, m.textContent])")
    assert marks == [["subject", "Acme"], ["object", "寒武纪"]]
    link = tab.does("() => { const a = document.querySelector('.claims a'); return [a.href, a.rel, a.textContent]; }")
    assert link == ["https://example.org/a?b=1&c=2", "noopener noreferrer", "Wafers & more"]


def test_denied_facts_are_counted_and_drawn_when_asked_for(open_page: Open, huawei: Picture) -> None:
    tab = open_page(huawei)
    before = set(tab.edges())
    denied = {e.fact.id[:8] for e in huawei.edges if e.fact.modality == "denied"}
    assert denied
    assert not before & denied
    tab.tab.check("input[data-value=denied]")
    assert denied <= set(tab.edges())
    dashes = tab.does(
        f"() => Object.fromEntries({CY}.edges().map(e => [e.data('modality'), e.style('line-dash-pattern')]))"
    )
    assert len({str(dash) for dash in dashes.values()}) == len(dashes) >= 3


# -- going about in it


def test_search_finds_names_and_aliases_in_chinese_too(open_page: Open, everything: Picture) -> None:
    tab = open_page(everything)
    for text, name in (("nvidia", "NVIDIA"), ("寒武纪", "Cambricon Technologies"), ("ｎｖｉｄｉａ", "NVIDIA")):
        tab.search(text)
        assert tab.tab.inner_text("#details h2") == name
        assert name in tab.drawn()
    hidden = next(node for node in everything.nodes if node.id not in everything.focus and "-" not in node.name)
    tab.search(hidden.name)
    assert hidden.name in tab.drawn()
    tab.tab.fill("#search", "no such name at all")
    assert tab.tab.is_hidden("#found")


def test_expand_hide_pin_back_and_forward(open_page: Open, everything: Picture) -> None:
    tab = open_page(everything)
    first = tab.drawn()
    tab.search("NVIDIA")
    tab.tab.click("text=/^Expand \\(/")
    more = tab.drawn()
    assert more[: len(first)] == first
    assert len(more) == len(first) + 12
    tab.tab.click("#details button:text-is('Hide')")
    assert "NVIDIA" not in tab.drawn()
    tab.tab.click("#back")
    assert tab.drawn() == more
    tab.tab.click("#forward")
    assert "NVIDIA" not in tab.drawn()
    tab.search("Intel")
    tab.tab.click("#details button:text-is('Pin')")
    assert tab.does(f"() => {CY}.nodes('.pinned').map(n => n.scratch('_about').name)") == ["Intel"]
    while tab.tab.is_enabled("#back"):
        tab.tab.click("#back")
    assert tab.drawn() == first


def test_the_fragment_of_the_url_brings_back_what_was_seen(open_page: Open, everything: Picture) -> None:
    tab = open_page(everything)
    tab.search("Huawei")
    tab.tab.click("text=/^Expand \\(/")
    tab.tab.uncheck("input[data-value=SANCTIONS]")
    tab.tab.check("input[value=publication]")
    tab.tab.uncheck("#undated")
    fragment = tab.does("() => location.hash")
    again = open_page(everything, fragment)
    assert (again.drawn(), again.edges(), again.panel()) == (tab.drawn(), tab.edges(), tab.panel())
    assert again.does("() => location.hash") == fragment
    for broken in ("#n=zz+yy&s=qq&least=x&relation=%7B&from=-1&p=a:b:c", "#%", "#relation=3&publisher=null"):
        assert open_page(everything, broken).tab.is_visible("#graph")


def test_filters_leave_out_what_they_say(open_page: Open, everything: Picture) -> None:
    tab = open_page(everything)
    keys = tab.edges()
    tab.tab.uncheck("input[data-value=SANCTIONS]")
    left = [key for key in keys if edge(everything, key).fact.relation != "SANCTIONS"]
    assert set(left) <= set(tab.edges())
    assert all(edge(everything, key).fact.relation != "SANCTIONS" for key in tab.edges())
    tab.tab.uncheck("input[data-value=Regulator]")
    labels = {
        label
        for key in tab.edges()
        for label in (edge(everything, key).fact.subject_label, edge(everything, key).fact.object_label)
    }
    assert "Regulator" not in labels
    tab.tab.focus("#least")
    tab.tab.keyboard.press("ArrowRight")
    assert tab.edges()
    assert all(edge(everything, key).fact.publishers >= 2 for key in tab.edges())


def test_a_fact_is_as_strong_as_the_claims_of_the_publishers_that_are_not_left_out(open_page: Open) -> None:
    told = [
        extraction(note("Acme", "OWNS", "Beta", modality=modality), publisher=name, title=name)
        for name, modality in (("Sure", "stated"), ("Unsure", "rumored"))
    ]
    tab = open_page(pictures(views.everything, *told))
    assert tab.does(f"() => {CY}.edges()[0].data('modality')") == "stated"
    tab.tab.uncheck("input[data-value=Sure]")
    assert tab.does(f"() => {CY}.edges()[0].data('modality')") == "rumored"
    tab.tab.uncheck("input[data-value=Unsure]")
    assert not tab.edges()


def test_the_time_slider_goes_by_event_or_by_publication_and_counts_what_is_undated(open_page: Open) -> None:
    dates = (("A", "2020", "2024-01"), ("B", "2022-05", "2024-02"), ("C", None, "2024-03"), ("D", "2023-07", None))
    told = [extraction(note("Acme", "OWNS", n, date=d), published=p, title=n) for n, d, p in dates]
    tab = open_page(pictures(views.everything, *told))

    def owned() -> list[str]:
        return sorted(tab.does(f"() => {CY}.edges().map(e => e.scratch('_about').object.name)"))

    def slide(id: str, value: int) -> None:
        tab.does(
            """([id, value]) => {
              const slider = document.getElementById(id);
              slider.value = value;
              for (const kind of ['input', 'change']) slider.dispatchEvent(new Event(kind));
            }""",
            [id, value],
        )

    assert (owned(), tab.tab.inner_text("#undated-count")) == (["A", "B", "C", "D"], "1")
    slide("to", 2022 * 12 + 4)
    assert owned() == ["A", "B", "C"]
    slide("from", 2020 * 12 + 6)  # 2020 overlaps July 2020
    assert owned() == ["A", "B", "C"]
    tab.tab.uncheck("#undated")
    assert owned() == ["A", "B"]
    slide("from", 2021 * 12)
    assert owned() == ["B"]
    tab.tab.check("#undated")
    tab.tab.check("input[value=publication]")
    assert (owned(), tab.tab.inner_text("#undated-count")) == (["A", "B", "C", "D"], "1")
    slide("from", 2024 * 12 + 1)
    assert owned() == ["B", "C", "D"]


def test_lists_hold_everything_and_can_be_filtered(open_page: Open, everything: Picture) -> None:
    tab = open_page(everything)
    tab.tab.click("#tab-entities")
    assert "488 entities" in tab.panel()
    assert tab.tab.locator("#details .row").count() == 100
    tab.tab.click("text=/^Show 100 more/")
    assert tab.tab.locator("#details .row").count() == 200
    tab.tab.fill("#details input", "寒武纪")
    assert tab.tab.locator("#details .row").count() == 1
    tab.tab.click("#details .row")
    assert tab.tab.inner_text("#details h2") == "Cambricon Technologies"


def test_the_keyboard_reaches_everything(open_page: Open, everything: Picture) -> None:
    tab = open_page(everything)
    tab.tab.keyboard.press("/")
    tab.tab.keyboard.type("nvid")
    tab.tab.keyboard.press("Enter")
    assert tab.does("() => document.activeElement.textContent") == "NVIDIA"
    assert "NVIDIA" in tab.tab.inner_text("#live")
    tab.tab.focus("#graph")
    drawn = len(tab.drawn())
    tab.tab.keyboard.press("e")
    assert len(tab.drawn()) == drawn + 12
    tab.tab.keyboard.press("ArrowLeft")
    assert tab.tab.inner_text("#details h2") not in ("NVIDIA", everything.title)
    tab.tab.keyboard.press("Enter")
    assert tab.tab.locator(".claims > li").count() >= 1
    assert tab.does("() => document.activeElement.tagName") == "H2"


def industry() -> Iterator[Extraction]:
    """6,000 firms and 30,000 facts, most told twice, in sentences of 140 characters."""
    for number in range(100):
        notes = []
        for n in range(number % 60 * 500, number % 60 * 500 + 500):
            a, b = f"Firm {n % 6_000}", f"Firm {(n * 7 + n // 6_000 * 13 + 1) % 6_000}"
            said = f"Article {number} tells, {'at the length of sentences in newspapers ' * 2}, that {a} supplies {b}."
            notes.append(note(a, "SUPPLIES", b, evidence=said))
        yield extraction(*notes, title=f"Article {number}", publisher=f"P{number % 20}")


def test_the_largest_picture_is_of_bounded_size_and_can_be_searched_and_listed(open_page: Open, tmp_path: Path) -> None:
    drawn = pictures(views.everything, *industry())
    assert (len(drawn.nodes), len(drawn.edges)) == (picture.NODES, picture.EDGES)
    assert "were left out" in drawn.notes[0]
    tab = open_page(drawn)
    assert (tmp_path / "picture.html").stat().st_size <= 8_000_000
    assert 0 < len(tab.drawn()) <= picture.FOCUS_NODES
    assert drawn.notes[0] in tab.panel()
    last = drawn.nodes[-1].name
    tab.search(last)
    assert last in tab.drawn()
    tab.tab.click("#tab-entities")
    assert "5,000 entities" in tab.panel()
    tab.tab.click("#tab-facts")
    assert "20,000 facts" in tab.panel()


# -- hand-overs


def test_downloads_hold_what_is_drawn(open_page: Open, huawei: Picture) -> None:
    tab = open_page(huawei)
    assert tab.download("png").startswith(b"\x89PNG")
    svg = ElementTree.fromstring(tab.download("svg"))
    texts = {"".join(text.itertext()) for text in svg.iter("{http://www.w3.org/2000/svg}title")}
    assert {
        f"{name} ({label})" for name, label in ((n.name, n.label) for n in huawei.nodes) if name in tab.drawn()
    } <= texts
    table = list(csv.DictReader(io.StringIO(tab.download("csv").decode("utf-8-sig"))))
    wanted = sorted(row["evidence"] for key in tab.edges() for row in edge(huawei, key).claims)
    assert sorted(row["evidence"] for row in table) == wanted


def test_a_spreadsheet_takes_no_cell_for_a_formula(open_page: Open) -> None:
    tab = open_page(pictures(views.everything, extraction(note('=HYPERLINK("x")', "OWNS", "@SUM(1)"))))
    (row,) = csv.DictReader(io.StringIO(tab.download("csv").decode("utf-8-sig")))
    assert (row["subject"], row["object"]) == ('\'=HYPERLINK("x")', "'@SUM(1)")


def test_it_prints(open_page: Open, huawei: Picture) -> None:
    tab = open_page(huawei, color_scheme="dark")
    tab.tab.emulate_media(media="print")
    assert tab.tab.pdf().startswith(b"%PDF")
    assert tab.tab.is_hidden("#search")


# -- safety and access


def test_nothing_is_asked_for_through_forty_clicks_keys_and_filters(open_page: Open, everything: Picture) -> None:
    tab = open_page(everything)
    steps = 0
    for text in ("NVIDIA", "寒武纪", "Huawei", "TSMC"):
        tab.search(text)
        for key in ("e", "ArrowLeft", "ArrowDown", "Enter"):
            tab.tab.focus("#graph")
            tab.tab.keyboard.press(key)
        tab.tab.click("#tab-facts")
        tab.tab.locator("#details .row").nth(3).click()
        tab.tab.click("#theme")
        tab.tab.locator("#by-relation input").nth(steps % 5).click()
        tab.tab.click("#back")
        steps += 10
    for button in ("fit", "reset", "png", "svg", "csv"):
        tab.tab.click(f"#{button}")
    assert steps >= 40
    assert tab.requests[0].startswith("file:")
    assert [url for url in tab.requests[1:] if not url.startswith(("blob:", "data:"))] == []


def test_the_page_forbids_itself_scripts_and_connections(open_page: Open, huawei: Picture) -> None:
    tab = open_page(huawei)
    told = tab.does(
        """async () => {
          const refused = [];
          addEventListener('securitypolicyviolation', event => refused.push(event.effectiveDirective));
          const script = document.createElement('script');
          script.textContent = 'globalThis.broken = true';
          document.body.append(script);
          document.body.append(Object.assign(new Image(), {src: 'http://127.0.0.1:9/x.png'}));
          await fetch('http://127.0.0.1:9/').catch(() => 0);
          await new Promise(done => setTimeout(done, 200));
          return [refused.sort(), globalThis.broken === undefined];
        }"""
    )
    assert told == [["connect-src", "img-src", "script-src-elem"], True]
    tab.faults.clear()  # the browser's words about these three
    tab.requests[1:] = []


def test_hostile_strings_run_nothing_and_are_shown_as_they_are(open_page: Open) -> None:
    strings = hostile()
    assert len(set(strings)) == 200
    parcels = []
    for n, text in enumerate(strings):
        name, other = f"{text}", strings[(n + 1) % len(strings)]
        said = f"{name} {other} says {text}"
        document = Document(title=text, url=text if n % 2 else f"javascript:{text}", publisher=text, text=said)
        entities = [
            {"name": name, "label": "Firm", "aliases": [f"also {text}"], "ticker": name},
            {"name": other, "label": "Firm"},
        ]
        claim = {
            "subject": name,
            "relation": "PARTNERS_WITH",
            "object": other,
            "evidence": said,
            "attribution": [text],
            "qualifiers": {"field": text},
        }
        parcels.append(admit(document, entities, [claim], f"m {text}"))
        assert not parcels[-1].rejects, parcels[-1].rejects
    drawn = pictures(views.everything, *parcels)
    tab = open_page(drawn)
    assert {node.name for node in drawn.nodes} == set(strings)
    title = tab.tab.title()
    for one in drawn.edges:
        key = one.fact.id[:8]
        tab.does("key => { location.hash = 's=' + key; }", key)
        tab.tab.wait_for_function("key => location.hash.includes(key) && document.querySelector('.claims')", arg=key)
        assert tab.does("() => document.querySelector('.claims blockquote').textContent") == one.claims[0]["evidence"]
        assert one.claims[0]["publisher"] in tab.does("() => document.getElementById('details').textContent")
    for node in drawn.nodes[:40]:
        tab.does("key => { location.hash = 's=' + key; }", node.id[:8])
        tab.tab.wait_for_function("name => document.querySelector('#details h2').textContent === name", arg=node.name)
    assert tab.does("() => [...document.querySelectorAll('a')].every(a => /^https?:/.test(a.href))")
    assert tab.does("() => globalThis.hacked") is None
    assert tab.tab.title() == title
    assert tab.does("() => document.querySelectorAll('script, iframe, base, img').length") == 3
    ElementTree.fromstring(tab.download("svg"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(open_page: Open, huawei: Picture, scheme: str) -> None:
    tab = open_page(huawei, color_scheme=scheme)
    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    for step in ("", "NVIDIA", "fact", "list"):
        if step == "fact":
            tab.tab.locator("#details .row").first.click()
        elif step == "list":
            tab.tab.click("#tab-entities")
        elif step:
            tab.search(step)
        tab.does(axe)
        found = tab.does("() => axe.run()")["violations"]
        serious = [(v["id"], v["nodes"][0]["html"][:200]) for v in found if v["impact"] in ("serious", "critical")]
        assert not serious
    tab.faults.clear()  # what axe says on the console is not the page's


def test_an_empty_picture_says_so(open_page: Open) -> None:
    tab = open_page(
        pictures(
            lambda store: views.found(
                store, "none", store.query("MATCH (n:Firm {name: 'x'}) RETURN n.name AS n"), "", {}
            )
        )
    )
    assert "The query found nothing." in tab.panel()
    assert "The query found nothing." in tab.tab.inner_text("#status")


def test_a_notebook_shows_it_in_a_sandboxed_frame(open_page: Open, huawei: Picture, tmp_path: Path) -> None:
    frame = tmp_path / "frame.html"
    frame.write_text("<!doctype html>" + huawei._repr_html_())
    tab = open_page(huawei)
    tab.tab.goto(frame.as_uri())
    inner = tab.tab.frame_locator("iframe")
    inner.locator("html[data-ready=yes]").wait_for()
    inner.locator("#search").fill("nvidia")
    inner.locator("#search").press("Enter")
    assert inner.locator("#details h2").inner_text() == "NVIDIA"
    tab.requests[1:] = []  # the frame's own file


def test_strength_is_told_the_same_on_both_sides() -> None:
    script = (ROOT / "queries" / "picture" / "data" / "data.js").read_text(encoding="utf-8")
    order = sorted(STRENGTH, key=lambda modality: STRENGTH[modality])
    assert f"const STRENGTH = {list(order)!s};" in script
