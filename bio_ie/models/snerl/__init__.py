from bio_ie.models.snerl.model import Snerl
