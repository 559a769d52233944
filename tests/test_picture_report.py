"""Pictures for reports: what they show, that all of it can be read and leads to its claims, that nothing in it acts."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pictures
import pytest
from conftest import extraction, hostile, note

import keiretsu
from graph import open_store
from graph.errors import KeiretsuError, NotFound, QueryError
from graph.store import Store
from queries import analysis
from queries.picture import dot, figure, file, question, sheet, svg
from queries.picture.figure import Figure
from queries.view import view

SVG = "{http://www.w3.org/2000/svg}"
HARMLESS = {f"{SVG}{tag}" for tag in ("svg", "title", "rect", "path", "text", "g", "a", "defs", "pattern")}
HOSTILE = "</script><img src=x onerror=alert(1)>\"'&]]>"
LONG = "中国电子科技集团公司第五十八研究所与某某半导体制造国际有限公司联合实验室"
WIDTHS = (sheet.WIDE, sheet.SLIM)


@pytest.fixture(scope="module")
def dev() -> Iterator[Store]:
    with open_store(":memory:") as store:
        yield pictures.fill(store)


@pytest.fixture(scope="module")
def figures(dev: Store) -> dict[str, Figure]:
    at = view(dev)
    return {name: question.find(name)(at, *given) for name, given in pictures.CASES.items()}


@pytest.fixture
def small() -> Iterator[Store]:
    with open_store(":memory:") as store:
        yield store


def size(element: ElementTree.Element) -> float:
    """How wide a line of text was measured to be."""
    width = svg.measure(element.text or "", float(element.get("font-size", "12")))
    return width * svg.BOLD if element.get("font-weight") else width


def texts(drawn: str) -> list[tuple[str, float, float, float, float]]:
    """Every line of text with the corners of its box, as `measure` has them."""
    found = []
    for element in ElementTree.fromstring(drawn).iter(f"{SVG}text"):
        text = element.text or ""
        x, y, high = (float(element.get(name, "12")) for name in ("x", "y", "font-size"))
        width = size(element)
        left = x - width * {"middle": 0.5, "end": 1.0}.get(element.get("text-anchor", ""), 0.0)
        box = (left, y - high * 0.8, left + width, y + high * 0.2)
        if element.get("transform"):
            box = (x - high * 0.8, y - width, x + high * 0.2, y)
        found.append((text, *box))
    return found


def every(figure: Figure) -> list[str]:
    return [sheet.svg(figure), sheet.svg(figure, sheet.SLIM), sheet.page(figure), dot.text(figure)]


# -- what can be read


@pytest.mark.parametrize("name", pictures.CASES)
def test_no_text_overlaps_another_or_leaves_the_sheet(figures: dict[str, Figure], name: str) -> None:
    for width in WIDTHS:
        drawn = sheet.svg(figures[name], width)
        height = float(ElementTree.fromstring(drawn).get("height", "0"))
        boxes = texts(drawn)
        assert len(boxes) > 10
        for n, (text, left, top, right, bottom) in enumerate(boxes):
            assert 0 <= left <= right <= width, text
            assert 0 <= top <= bottom <= height, text
            for other, l2, t2, r2, b2 in boxes[:n]:
                apart = left >= r2 - 0.5 or l2 >= right - 0.5 or top >= b2 - 0.5 or t2 >= bottom - 0.5
                assert apart, (text, other, width)


def test_text_is_no_wider_in_a_browser_than_it_was_measured(figures: dict[str, Figure], browser: Any) -> None:
    script = (
        "() => Object.fromEntries([...document.querySelectorAll('text')].map(t => "
        "[t.textContent + t.getAttribute('font-size') + t.getAttribute('font-weight'), t.getComputedTextLength()]))"
    )
    drawn = [sheet.svg(figure) for figure in figures.values()]
    tab = browser.new_page()
    tab.set_content("".join(drawn))
    found: dict[str, float] = tab.evaluate(script)
    tab.close()
    measured = {
        f"{element.text}{element.get('font-size')}{element.get('font-weight', 'null')}": size(element)
        for text in drawn
        for element in ElementTree.fromstring(text).iter(f"{SVG}text")
    }
    assert len(found) > 200
    assert found.keys() == measured.keys()
    assert [key for key, width in found.items() if width > measured[key] + 1] == []


def test_measured_text_is_cut_where_it_does_not_fit() -> None:
    for width in (20, 60, 100, 333):
        assert svg.measure(svg.shorten(LONG, width), 12) <= width
        assert all(svg.measure(line, 12) <= width for line in svg.wrap(f"{LONG} Semiconductor", width, 12, 3))
    assert "".join(svg.wrap(LONG, 120)) == LONG


# -- what leads to its claims


@pytest.mark.parametrize("name", pictures.CASES)
def test_every_line_bar_and_cell_leads_to_its_claims(figures: dict[str, Figure], name: str) -> None:
    figure = figures[name]
    page = sheet.page(figure)
    ids = re.findall(r' id="([^"]+)"', page)
    links = re.findall(r'href="#([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(links) <= set(ids)
    assert {f"c{n}" for n in range(1, len(figure.marks) + 1)} <= set(ids)
    wide = page.partition('<div class="slim">')[0]
    assert {f"#c{n}" for n in range(1, len(figure.marks) + 1)} == set(re.findall(r'<a href="(#c\d+)"', wide))
    for mark in figure.marks:
        assert figure.claims(mark), mark
        assert all(svg.escape(told["evidence"]) in page for told in figure.claims(mark))
    drawn = sheet.svg(figure)
    assert set(re.findall(r'href="#([^"]+)"', drawn)) <= set(re.findall(r' id="([^"]+)"', drawn))


@pytest.mark.parametrize("name", pictures.CASES)
def test_sources_are_listed_beneath_with_publisher_title_and_date(figures: dict[str, Figure], name: str) -> None:
    figure, drawn = figures[name], " ".join(text for text, *_ in texts(sheet.svg(figures[name])))
    for n, id in enumerate(figure.sources, 1):
        document = figure.documents[id]
        assert f"[{n}] {document.publisher}" in drawn
        assert str(document.published) in drawn


# -- what is shown


def test_a_measure_goes_from_authority_to_rivals(small: Store) -> None:
    ban = note("regulator US", "SANCTIONS", "chip H", qualifiers={"measure": "export_ban"})
    facts = ("Maker", "PRODUCES", "chip H"), ("Buyer", "BUYS", "chip H"), ("chip R", "COMPETES_WITH", "chip H")
    small.add([extraction(ban, *(note(*fact) for fact in facts), note("Winner", "BENEFITS_FROM", "chip H"))])
    found = question.impact(view(small), "chip H")
    layers = {node.name: figure_layer for node in found.nodes for figure_layer in [found.layers[node.layer]]}
    assert layers["regulator US"] == "Authority"
    assert layers["chip H"] == "Restricted"
    assert layers["Maker"].startswith("Makers")
    assert layers["Buyer"].startswith("Buyers")
    assert layers["chip R"] == layers["Winner"] == "Rivals that may gain"
    assert {node.name: node.about for node in found.nodes}["Winner"] == "is said to gain"


def test_unknown_amounts_are_hatched_and_never_zero(small: Store) -> None:
    dollars = {"amount": 2e9, "currency": "USD"}
    small.add([extraction(note("A", "INVESTS_IN", "B", qualifiers=dollars), note("C", "INVESTS_IN", "D"))])
    found = question.money(view(small))
    assert {mark.currency: mark.amount for mark in found.marks} == {"USD": 2e9, None: None}
    drawn = sheet.svg(found)
    assert drawn.count('fill="url(#hatch)"') == 2  # the flow, and its sample in the legend
    assert ">2 bn [1]<" in drawn
    assert ">Amount not told<" in drawn
    assert not re.search(r">0( |<)", drawn)


def test_a_matrix_has_the_number_of_claims_and_the_weakest_modality(small: Store) -> None:
    small.add(
        [
            extraction(note("A", "COMPETES_WITH", "B"), title="1"),
            extraction(note("A", "COMPETES_WITH", "B", modality="rumored"), title="2"),
        ]
    )
    (mark,) = question.matrix(view(small)).marks
    assert (mark.told, mark.modality) == (2, "rumored")


def test_what_has_no_date_stands_in_the_tray(small: Store) -> None:
    small.add([extraction(note("A", "BUYS", "chip X", date="2024"), note("A", "BUYS", "chip Y"))])
    drawn = sheet.svg(question.timeline(view(small), "A"))
    assert "Without a date (1)" in drawn
    assert ">2024<" in drawn


def test_ownership_tells_stakes_in_layers(small: Store) -> None:
    stakes = {"A": 0.5, "B": 0.4}
    small.add(
        [
            extraction(
                note("A", "OWNS", "B", qualifiers={"stake": 0.5}), note("B", "OWNS", "C", qualifiers={"stake": 0.4})
            )
        ]
    )
    found = {node.name: (node.layer, node.about) for node in question.ownership(view(small), "C").nodes}
    assert found == {"C": (0, ""), "B": (-1, "40 %"), "A": (-2, "20 % over 2 steps")}, stakes


def test_differences_are_added_changed_and_withdrawn(small: Store) -> None:
    old = extraction(note("A", "OWNS", "B", modality="rumored"), note("C", "OWNS", "D"), title="1", published="2023")
    new = extraction(
        note("A", "OWNS", "B"),
        note("C", "OWNS", "D", modality="denied"),
        note("E", "OWNS", "F"),
        title="2",
        published="2025",
    )
    small.add([old, new])
    found = {mark.text: mark.change for mark in question.diff(view(small), "2023", "2025").marks}
    assert found == {"rumored → stated": "changed", "was stated": "withdrawn", "": "added"}


def test_a_picture_says_its_time_and_what_was_left_out(small: Store) -> None:
    small.add([extraction(*(note("Hub", "SUPPLIES", f"Firm {n}", date="2020") for n in range(80)), published="2021")])
    found = question.ego(view(small, as_of="2022", known_by="2023"), "Hub", hops=1)
    assert found.when == "as of 2022, known by 2023"
    assert found.notes[0].startswith("56 entities were left out;")
    drawn = " ".join(text for text, *_ in texts(sheet.svg(found)))
    assert "as of 2022, known by 2023" in drawn
    assert "56 entities were left out" in drawn


def test_nothing_found_draws_a_picture_that_says_so(small: Store) -> None:
    small.add([extraction(note("A", "BUYS", "chip X", date="2024"))])
    at = view(small, as_of="1990")
    given: dict[str, tuple[str, ...]] = {"matrix": (), "money": (), "diff": ("1990", "1991")}
    for name, find in question.VIEWS.items():
        if name == "timeline":
            continue
        found = find(at, *given.get(name, ("A",)))
        assert not found.marks, name
        assert all(re.search("Nothing|Nobody", text) for text in every(found)), name


# -- what does no harm


@pytest.fixture(scope="module")
def hostile_figures() -> list[Figure]:
    """Of every view, those that have 200 hostile strings for names, texts, titles, publishers and addresses."""
    strings, relations = hostile(), ("OWNS", "COMPETES_WITH", "INVESTS_IN", "SUPPLIES", "SANCTIONS")
    hubs = strings[::20]
    with open_store(":memory:") as store:
        for n, text in enumerate(strings):
            relation = relations[n % len(relations)]
            said = {"amount": 1e9, "currency": "USD"} if relation == "INVESTS_IN" else {}
            more: dict[str, object] = {"qualifiers": said} if said else {}
            subject = f"regulator {text}" if relation == "SANCTIONS" else text
            told = note(subject, relation, hubs[n // 20] if n % 20 else strings[n - 1], date="2024", **more)
            url = f"javascript:{text}" if n % 2 else text
            store.add([extraction(told, title=text, publisher=text, published="2024", url=url)])
        at = view(store)
        found = [question.find("matrix")(at), question.find("money")(at), question.find("diff")(at, "2023", "2024")]
        names = ("ego", "impact", "ownership", "timeline", "matrix", "money")
        return found + [question.find(name)(at, hub) for name in names for hub in hubs]


def test_hostile_strings_are_shown_as_they_are(hostile_figures: list[Figure]) -> None:
    shown: set[str] = set()
    for found in hostile_figures:
        for text in every(found)[:2]:
            drawn = ElementTree.fromstring(text)
            assert {element.tag for element in drawn.iter()} <= HARMLESS
            addresses = {element.get("href") for element in drawn.iter(f"{SVG}a")}
            assert all(address and re.fullmatch(r"#s\d+", address) for address in addresses)
        shown |= {found.name(mark.subject) for mark in found.marks} | {found.name(mark.object) for mark in found.marks}
    assert {text.removeprefix("regulator ") for text in shown} >= set(hostile())


def test_hostile_strings_run_nothing_in_a_page(hostile_figures: list[Figure], browser: Any, tmp_path: Path) -> None:
    tab, faults, requests = browser.new_page(), [], []
    tab.on("dialog", lambda dialog: faults.append(dialog.message))
    tab.on("console", lambda message: faults.append(message.text))
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on("request", lambda request: requests.append(request.url))
    path = tmp_path / "x.html"
    for found in hostile_figures:
        path.write_text(sheet.page(found), encoding="utf-8")
        tab.goto(path.as_uri())
        assert tab.title() == svg.clean(found.title)
        said = tab.text_content("main")
        assert all(svg.clean(node.name) in said for node in found.nodes if any(node.id in m for m in found.marks))
        assert tab.evaluate("() => document.querySelectorAll('script, iframe, base, img, object, form').length") == 0
        assert tab.evaluate("() => [...document.querySelectorAll('main > ol a')].every(a => /^https?:/.test(a.href))")
        assert tab.evaluate("() => globalThis.hacked") is None
    assert not faults
    assert set(requests) == {path.as_uri()}
    tab.close()


def test_only_addresses_of_the_web_are_links() -> None:
    assert sheet.link("javascript:alert(1)") == " javascript:alert(1)"
    assert sheet.link("http://[") == " http://["
    assert sheet.link('https://a.example/?a=1&b="') == (
        ' <a href="https://a.example/?a=1&amp;b=&quot;" rel="noreferrer noopener">https://a.example/?a=1&amp;b=&quot;</a>'
    )


@pytest.mark.skipif(not shutil.which("dot"), reason="needs Graphviz: apt-get install graphviz")
def test_graphviz_reads_what_is_written_for_it(figures: dict[str, Figure], small: Store) -> None:
    small.add([extraction(note(HOSTILE, "OWNS", 'b\\" ] -> n9 [label="'))])
    for found in [*figures.values(), question.ego(view(small), HOSTILE)]:
        done = subprocess.run(["dot", "-Tplain"], input=dot.text(found), capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        kinds = [line.split(" ", 1)[0] for line in done.stdout.splitlines()]
        assert (kinds.count("node"), kinds.count("edge")) == (len(found.nodes), len(found.marks))


@pytest.mark.skipif(not shutil.which("dot"), reason="needs Graphviz: apt-get install graphviz")
def test_graphviz_puts_columns_in_an_order_without_needless_crossings(small: Store) -> None:
    pairs = [("z", "a"), ("y", "b"), ("x", "c")]
    marks = [figure.Mark(a, "OWNS", b, "stated", ()) for a, b in pairs]
    found = dot.order({-1: ["x", "y", "z"], 0: ["a", "b", "c"]}, marks)
    assert found
    assert [sorted("xyz", key=found.__getitem__).index(a) for a, _ in pairs] == [
        sorted("abc", key=found.__getitem__).index(b) for _, b in pairs
    ]


def test_without_graphviz_the_own_order_stands(figures: dict[str, Figure], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    for name in ("impact", "ownership"):
        assert file.content(figures[name], Path("x.svg")) == sheet.svg(figures[name]).encode()


def test_notebooks_show_answers_as_tables_and_figures_as_pictures(small: Store) -> None:
    small.add([extraction(note(HOSTILE, "OWNS", "Beta"))])
    rows = analysis.ownership(view(small), HOSTILE)
    assert svg.escape(HOSTILE) in rows._repr_html_()
    assert "<img" not in rows._repr_html_()
    assert question.ownership(view(small), HOSTILE)._repr_html_().startswith("<svg ")


def test_a_png_has_the_size_of_its_drawing(figures: dict[str, Figure]) -> None:
    pytest.importorskip("resvg_py", reason="needs resvg: pip install '.[png]'")
    content = file.content(figures["matrix"], Path("x.png"), width=400)
    assert content.startswith(b"\x89PNG\r\n")
    assert int.from_bytes(content[16:20]) == 800


# -- files and the command line


def test_the_pictures_of_the_documentation_are_those_that_the_command_makes(dev: Store, tmp_path: Path) -> None:
    made = {**dict(pictures.pictures(dev)), "demo.svg": pictures.demo(tmp_path)}
    assert made.keys() == {path.name for path in pictures.FOLDER.iterdir()}
    for name, text in made.items():
        assert (pictures.FOLDER / name).read_text(encoding="utf-8") == text, "python tests/pictures.py makes them anew"
        assert len(text.encode()) <= 60_000


def test_the_command_line_has_every_view() -> None:
    assert keiretsu._VIEWS.keys() == question.VIEWS.keys() == sheet.DRAWINGS.keys()


def test_draw_writes_what_the_ending_says(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_store("graph.db", create=True) as store:
        store.add([extraction(note("Acme", "OWNS", "Beta"))])
    for ending, start in ((".svg", "<svg "), (".dot", "digraph "), (".html", "<!doctype html>")):
        for name in ("ego", "ownership"):
            assert keiretsu.run(["draw", name, "Acme", "-o", f"x{ending}"]) == 0
            assert Path(f"x{ending}").read_text(encoding="utf-8").lower().startswith(start)
    assert keiretsu.run(["draw", "diff", "2023", "2024"]) == 0
    assert Path("diff.html").exists()
    for arguments, code, said in (
        (["draw", "pie"], 2, "unknown view 'pie'; known: all, query, ego, impact"),
        (["draw", "ego", "Acm"], 1, "near: Acme"),
        (["draw", "ego", "Acme", "-o", "x.gif"], 2, "x.gif: a picture is written as .svg, .png, .dot, .html"),
        (["draw", "ego", "Acme", "-o", "x.svg/y.svg"], 3, "x.svg/y.svg"),
        (["draw", "ego", "Acme", "--as-of", "2024"], 2, "filters of its own"),
        (["draw", "impact", "Acme", "--explore", "-o", "x.svg"], 2, "name it .html"),
    ):
        capsys.readouterr()
        assert keiretsu.run(arguments) == code
        assert said in capsys.readouterr().err


def test_a_picture_can_be_looked_into_as_a_page(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_store("graph.db", create=True) as store:
        store.add([extraction(note("Acme", "OWNS", "Beta"), note("Beta", "OWNS", "Gamma"))])
    assert keiretsu.run(["draw", "ownership", "Beta", "--explore"]) == 0
    assert "ownership.html: 3 entities, 2 facts" in capsys.readouterr().err
    assert 'id="search"' in Path("ownership.html").read_text(encoding="utf-8")


def test_an_unknown_view_lists_the_known() -> None:
    with pytest.raises(NotFound, match="known: ego, impact, matrix, money, timeline, diff, ownership"):
        question.find("pie")
    assert issubclass(QueryError, KeiretsuError)
