from bio_ie.models.keci.model import Keci
