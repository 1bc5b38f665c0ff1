from bio_ie.commands.build_index import BuildIndex
from bio_ie.commands.build_kb import BuildKb
from bio_ie.commands.convert import Convert
from bio_ie.commands.kb_info import KbInfo
from bio_ie.commands.link import Link
from bio_ie.commands.predict import Predict
from bio_ie.commands.render import Render
from bio_ie.commands.score import Score
