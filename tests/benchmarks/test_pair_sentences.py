from benchmarks.pair_sentences import generated_sentences, main
from bio_ie.data.pairs.pair_sentences import PairSentencesFormat


def test_sentences_are_the_same_each_time():
    sentences = list(generated_sentences(50))
    assert sentences == list(generated_sentences(50))
    for sentence in sentences:
        assert 10 <= len(sentence.words) <= 48
        assert 2 <= len(sentence.mentions) <= 3


def test_they_are_streamed_and_kept_on_demand(tmp_path, capsys):
    path = tmp_path / "sentences.jsonl"
    main(["--sentences", "400", "--every", "200", "--keep", str(path)])
    assert len(list(PairSentencesFormat().sentences(str(path)))) == 400
    printed = capsys.readouterr().out
    assert "instances in all" in printed
    assert "GiB" in printed
