"""The joint model of entities and relations."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.models.joint_ner_re.model import JointNerRe
else:
    __getattr__ = lazy_exports(__name__)
