from __future__ import annotations

from fakes.label_hand import Hand

from studio.domain.labels import LabelId
from studio.ui.pages.label.page import LabelPage


def test_only_unlabelled_says_when_none_is_left(hand: Hand, page: LabelPage) -> None:
    session = page.desk.session
    for item in list(session.project.state.media)[1:]:
        session.labelling.set_tag(item.id, LabelId("bolt"), True)
    page.pictures.unlabelled.click()
    assert page.top.place.text() == "1 of 1 unlabelled"
    assert not page.pictures.none_left.isVisible()
    hand.click(5, 5)
    session.labelling.set_tag(session.project.state.media.page(0, 1)[0].id, LabelId("cap"), True)
    assert (
        page.top.place.text() == page.pictures.none_left.text() == "Every picture carries a label"
    )
    assert page.pictures.none_left.isVisible()
    page.pictures.unlabelled.click()
    assert page.top.place.text() == "1 of 12"
    assert not page.pictures.none_left.isVisible()
