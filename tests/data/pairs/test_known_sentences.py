import pytest

from bio_ie.data.corpora import BlindedTsvFormat
from bio_ie.data.pairs.known_sentences import KnownSentences

BLINDED = "Variants of @GENE$ were frequent in @DISEASE$ families from three countries."


def known(*texts):
    result = KnownSentences()
    for text in texts:
        result.add(text)
    return result


@pytest.mark.parametrize(
    "text",
    [
        BLINDED,
        "Variants of VDR were frequent in osteoporosis families from three countries.",
        "variants of the VDR gene WERE  frequent in late-onset osteoporosis families from three"
        " countries",
        "RESULTS: Variants of VDR were frequent in asthma families from three countries, p < 0.05.",
        "Variants of VDR were fre- quent in asthma families from three countries.",
    ],
)
def test_a_sentence_is_told_whatever_was_blinded(text):
    assert text in known("Something else entirely.", BLINDED)


@pytest.mark.parametrize(
    "text",
    [
        "Variants were frequent in families from three countries.",
        "Variants of VDR were rare in osteoporosis families from three countries.",
        "In osteoporosis families from three countries, variants of VDR were frequent.",
        f"Variants of {'a very long name ' * 8} were frequent in asthma families from three"
        " countries.",
        "",
    ],
)
def test_another_sentence_is_not(text):
    assert text not in known(BLINDED)


def test_a_short_sentence_has_to_be_the_whole_of_it():
    sentences = known("@GENE$ and @DISEASE$.", "@GENE$ causes @DISEASE$.")
    assert "VDR and asthma." in sentences
    assert "VDR causes asthma" in sentences
    assert "VDR spares mice." not in sentences


def test_texts_without_anything_blinded_or_with_nothing_else():
    sentences = known("Zelorvine caused lumenitis in all of the nine patients who took it.")
    assert "Zelorvine caused lumenitis in all of the nine patients who took it!" in sentences
    assert "Carbatrol caused lumenitis in all of the nine patients who took it." not in sentences
    assert len(known("@GENE$ @DISEASE$", "--")) == 0


def test_the_same_sentence_counts_once():
    assert len(known(BLINDED, BLINDED.upper())) == 1


def test_every_sentence_of_gad_and_euadr_is_told_without_its_markup(corpus_folder):
    texts = [
        document.text
        for name in ("GAD", "euadr")
        for document in BlindedTsvFormat().read(f"{corpus_folder}/gad_euadr/{name}/1/*.tsv")
    ]
    assert len(texts) == 5330 + 355
    sentences = known(*texts)
    for text in texts:
        written = text.replace("@GENE$", "interleukin 6").replace("@DISEASE$", "type 2 diabetes")
        assert written in sentences
        assert text in sentences
