"""Who leads a public body, told by a title alone."""

import pytest

from graph.model import Document
from loaders import reading
from loaders.gazetteer import default
from loaders.office import offices


@pytest.mark.parametrize(
    ("text", "person", "body"),
    [
        ("Secretary of Commerce Ann Lee said so.", "Ann Lee", "US Department of Commerce"),
        ("It was Treasury Secretary Bo J. Day who said so.", "Bo J. Day", "US Department of the Treasury"),
        ("U.S. President Donald Trump said so.", "Donald Trump", "US government"),
        ("Later President Donald Trump said so.", "Donald Trump", "US government"),
        ("India's prime minister Narendra Modi said so.", "Narendra Modi", "Indian government"),
        ("French President Emmanuel Macron said so.", "Emmanuel Macron", "French government"),
    ],
)
def test_a_title_before_a_name_tells_whom_somebody_leads(text: str, person: str, body: str) -> None:
    assert (person, body) in {(office.person, office.body) for office in offices(text, default())}
    claims = reading.extraction(Document(text=text)).claims
    assert ("LEADS", person, body) in {(claim.relation, claim.subject, claim.object) for claim in claims}


@pytest.mark.parametrize(
    "text",
    [
        "Former U.S. President Bo Day and former Commerce Secretary Ann Lee said so.",
        "Under Secretary of Commerce Ann Lee and Deputy Treasury Secretary Bo Day said so.",
        "Intel President Ann Lee, Vice President Bo Day and President Cy Roe said so.",
        "The president of Nvidia met the secretary of the board, Ann Lee.",
    ],
)
def test_former_deputy_and_company_titles_tell_of_no_public_body(text: str) -> None:
    assert list(offices(text, default())) == []
