"""Quality of labels: how far people agree, what they agree on, and what looks wrong."""

from studio.domain.quality.agreement import (
    MISSING,
    Agreement,
    ClassAgreement,
    Measured,
    PairAgreement,
    agreement_of,
)
from studio.domain.quality.coefficients import (
    cohen_kappa,
    coincidences,
    krippendorff_alpha,
)
from studio.domain.quality.findings import (
    AnnotatorQueue,
    DuplicateGroups,
    LabelErrors,
    Suspect,
    SuspectKind,
    Twin,
)
from studio.domain.quality.fusing import Consensus, Fused, Quarrel, fused
from studio.domain.quality.hamming import components, near_pairs
from studio.domain.quality.matching import Pair, grouped, matched
from studio.domain.quality.overlap import REACH, overlaps

__all__ = [
    "MISSING",
    "REACH",
    "Agreement",
    "AnnotatorQueue",
    "ClassAgreement",
    "Consensus",
    "DuplicateGroups",
    "Fused",
    "LabelErrors",
    "Measured",
    "Pair",
    "PairAgreement",
    "Quarrel",
    "Suspect",
    "SuspectKind",
    "Twin",
    "agreement_of",
    "cohen_kappa",
    "coincidences",
    "components",
    "fused",
    "grouped",
    "krippendorff_alpha",
    "matched",
    "near_pairs",
    "overlaps",
]
