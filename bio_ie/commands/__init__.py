from bio_ie.commands.convert import Convert
from bio_ie.commands.evaluate import Evaluate
from bio_ie.commands.predict import Predict
from bio_ie.commands.render import Render
from bio_ie.commands.score import Score
