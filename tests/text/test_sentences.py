from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bio_ie.text.document import Document, Mention, Passage, Relation
from bio_ie.text.sentences import joined_across, sentence_spans, split_document
from bio_ie.text.tokenizers import NewlineSentenceSplitter, PysbdSentenceSplitter

TEXT = "Lithium causes tremor. Stop it.\nRash is rare."


def texts(document, splitter):
    return [document.text[start:end] for start, end in sentence_spans(document, splitter)]


def test_sentences_come_from_the_splitter_within_passages():
    # The passage boundary is at a place where no splitter would split.
    document = Document("d", TEXT, passages=[Passage("title", 0, 14)])
    expected = ["Lithium causes", "tremor. Stop it.", "Rash is rare."]
    assert texts(document, NewlineSentenceSplitter()) == expected


def test_sentences_of_the_corpus_win_over_the_splitter():
    document = Document("d", TEXT, sentences=[(0, 31)], tokens=[(0, 7)])
    assert texts(document, PysbdSentenceSplitter()) == ["Lithium causes tremor. Stop it."]


def test_a_tokenised_document_without_sentences_is_one_sentence():
    document = Document("d", TEXT, tokens=[(0, 7), (8, 14)])
    assert texts(document, PysbdSentenceSplitter()) == [TEXT]


def test_token_spans_are_those_of_the_sentence():
    document = Document(
        "d", TEXT, sentences=[(0, 22), (23, 31)], tokens=[(0, 7), (8, 14), (23, 27)]
    )
    spans = [view.token_spans() for view in split_document(document, document.sentences)]
    assert spans == [[(0, 7), (8, 14)], [(23, 27)]]


@given(st.data())
def test_every_annotation_belongs_to_exactly_one_sentence(data):
    offset = st.integers(0, len(TEXT) - 1)
    starts = sorted(data.draw(st.sets(offset, min_size=1, max_size=4)))
    spans = [(start, data.draw(st.integers(start + 1, start + 5))) for start in starts]
    spans = [
        (start, min([end, *(other for other in starts if other > start), len(TEXT)]))
        for start, end in spans
    ]
    begins = data.draw(st.lists(offset, max_size=5))
    mentions = [
        Mention(f"T{number}", begin, data.draw(st.integers(begin + 1, len(TEXT))), "X")
        for number, begin in enumerate(begins)
    ]
    relations = [Relation("r", a.id, b.id) for a in mentions for b in mentions if a != b]
    document = Document("d", TEXT, mentions=mentions, relations=relations)

    views = split_document(document, spans)

    found_mentions = [mention.id for view in views for mention in view.mentions]
    assert sorted(found_mentions) == sorted(mention.id for mention in mentions)
    assert sum(len(view.relations) for view in views) == len(relations)
    for view in views:
        own = {mention.id for mention in view.mentions}
        assert all(relation.head in own for relation in view.relations)
        inside = [m for m in mentions if view.start <= m.start < view.end]
        assert all(mention.id in own for mention in inside)


@given(st.data())
def test_spans_are_joined_where_a_mention_crosses_their_borders_and_nowhere_else(data):
    borders = sorted(data.draw(st.sets(st.integers(0, 40), min_size=2, max_size=12)))
    spans = list(zip(borders[::2], borders[1::2], strict=False))
    mentions = [
        Mention(str(number), *sorted(ends), "T")
        for number, ends in enumerate(
            data.draw(
                st.lists(
                    st.tuples(st.integers(0, 40), st.integers(0, 40)).filter(lambda e: e[0] != e[1])
                )
            )
        )
    ]
    joined = joined_across(spans, mentions)
    # Two consecutive spans are joined if some mention begins before the end of the first span and
    # ends after the start of the second.
    expected = [spans[0]]
    for before, after in pairwise(spans):
        if any(m.start < before[1] and m.end > after[0] for m in mentions):
            expected[-1] = (expected[-1][0], after[1])
        else:
            expected.append(after)
    assert joined == expected
