from allennlp.common import Params

from bio_ie.knowledge.background_graph import BackgroundKnowledgeBase
from tests.knowledge.example_kb import write_example_kb


def test_graphs_are_those_of_what_each_text_names(tmp_path):
    path = write_example_kb(tmp_path / "kb.sqlite").path
    background = BackgroundKnowledgeBase.from_params(Params({"kb": {"path": path}}))
    texts = ["Seizures of a common cold", "nothing", "amphetamine"]
    named = background.look_up(texts, texts)
    assert [[concepts for _, concepts in matches] for matches in named] == [
        [["X:03"], ["X:06"], ["X:06", "X:07"]],
        [],
        [["X:02"]],
    ]
    assert background.graphs(texts, texts) == [background.graph(matches) for matches in named]
    assert [len(graph.matches) for graph in background.graphs(texts, texts)] == [3, 0, 1]
