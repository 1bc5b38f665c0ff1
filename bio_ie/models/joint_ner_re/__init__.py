from bio_ie.models.joint_ner_re.model import JointNerRe
