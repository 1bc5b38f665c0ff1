"""The words of a sentence, and its mentions as stretches of them."""

from allennlp.data.tokenizers import WhitespaceTokenizer

from bio_ie.text.document import Document, Mention
from bio_ie.text.sentences import Sentence, split_document
from bio_ie.text.tokenizers import ScispacyRulesTokenizer
from bio_ie.text.words import align_sentence, mentions_inside, sentence_words, tokenized

TEXT = "Aspirin  eased\npain. It helped."


def sentences(**fields: object) -> "list[Sentence]":
    document = Document("d", TEXT, **fields)  # type: ignore[arg-type]
    return split_document(document, [(0, 20), (21, 31)])


def test_words_have_letters_and_offsets_of_the_document() -> None:
    tokenizer = ScispacyRulesTokenizer()
    assert tokenized("a \n b", tokenizer, start=10) == [(10, 11), (14, 15)]
    for sentence in sentences():
        words = [TEXT[start:end] for start, end in sentence_words(sentence, tokenizer)]
        assert words == sentence.text.replace(".", " .").split()


def test_words_of_the_corpus_go_before_those_of_a_tokenizer() -> None:
    first, second = sentences(tokens=[(0, 14), (15, 19), (21, 31)])
    assert sentence_words(first, WhitespaceTokenizer()) == [(0, 14), (15, 19)]
    assert sentence_words(second, WhitespaceTokenizer()) == [(21, 31)]


def test_mentions_are_aligned_and_those_that_words_cannot_express_are_counted() -> None:
    mentions = [
        Mention("inside", 0, 7, "Drug"),
        Mention("parts", 0, 19, "Event", fragments=((0, 7), (15, 19))),
        Mention("cut", 2, 7, "Drug"),
        Mention("blank", 7, 9, "Drug"),
        Mention("crossing", 15, 23, "Event"),
    ]
    sentence = sentences(mentions=mentions)[0]
    assert [m.id for m in mentions_inside(sentence)] == ["inside", "parts", "cut", "blank"]
    words = sentence_words(sentence, ScispacyRulesTokenizer())
    aligned = align_sentence(sentence, words, "split")
    assert [m.id for m in aligned.mentions] == ["inside", "parts", "cut", "blank"]
    assert (aligned.num_crossing, aligned.num_discontinuous) == (1, 1)
    spans = aligned.alignment.token_spans
    assert [TEXT[start:end] for start, end in spans] == ["As", "pirin", "eased", "pain", "."]
    assert aligned.alignment.word_spans == [(0, 1), (0, 3), (1, 1), None]
    assert aligned.alignment.lost == 1
    widened = align_sentence(sentence, words, "expand").alignment
    assert widened.word_spans == [(0, 0), (0, 2), (0, 0), None]


def test_words_do_not_begin_or_end_with_invisible_characters() -> None:
    text = "\ufeffzolamin\u200b \u200b eased\x00 \U0001f48a."
    (sentence,) = split_document(Document("d", text), [(0, len(text))])
    words = [text[start:end] for start, end in sentence_words(sentence, ScispacyRulesTokenizer())]
    tokens = [(0, 9), (10, 11), (12, 18), (19, 21)]
    (own,) = split_document(Document("d", text, tokens=tokens), [(0, len(text))])
    assert words == ["zolamin", "eased", "\U0001f48a", "."]
    assert [text[start:end] for start, end in sentence_words(own, ScispacyRulesTokenizer())] == [
        "zolamin", "eased", "\U0001f48a.",
    ]  # fmt: skip
