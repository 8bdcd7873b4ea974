from __future__ import annotations

from collections import Counter

from fpcrawler.core.links.found import ImageLink, PageLinks, merged
from fpcrawler.core.links.rendered import Document, document_links

URL = "https://a.example/p/index.html"


def test_a_document_has_one_base_for_all_of_its_trees() -> None:
    parts = ("<base href=/b/><img src=1>", "<base href=/c/><img src=2><img src=1>")
    images = ("https://a.example/b/1", "https://c.example/3", "data:,")
    links = document_links(Document(URL, parts, images))

    assert links == PageLinks(
        images=[
            ImageLink("https://a.example/b/1", "img", None),
            ImageLink("https://a.example/b/2", "img", None),
            ImageLink("https://c.example/3", "requested", None),
        ],
        skipped=Counter(data=1),
    )


def test_of_a_document_without_html_the_images_are_known() -> None:
    links = document_links(Document(URL, (), ("https://a.example/1#a",)))

    assert links.images == [ImageLink("https://a.example/1", "requested", None)]


def test_of_two_documents_the_first_names_a_link() -> None:
    one, two, three = (ImageLink(f"https://a.example/{n}", "img", None) for n in "123")
    again = ImageLink(two.url, "lazy", "b")
    source = PageLinks([one, two], ["p"], ["s"], Counter(data=2, blob=1))
    page = PageLinks([again, three], ["q", "p"], ["s"], Counter(data=1, cid=3))

    assert merged((source, page)) == PageLinks(
        [one, two, three], ["p", "q"], ["s"], Counter(data=2, blob=1, cid=3)
    )
    assert page.without(source) == PageLinks([three], ["q"], [], Counter(cid=3))
