//! The segments of the envelope and of typed transactions, by name: ids are compared as numbers.

use crate::segment::SegmentId;

/// Past the last segment.
pub(crate) const END: SegmentId = SegmentId::new(b"");

pub(crate) const ISA: SegmentId = SegmentId::new(b"ISA");
pub(crate) const GS: SegmentId = SegmentId::new(b"GS");
pub(crate) const ST: SegmentId = SegmentId::new(b"ST");
pub(crate) const SE: SegmentId = SegmentId::new(b"SE");
pub(crate) const GE: SegmentId = SegmentId::new(b"GE");
pub(crate) const IEA: SegmentId = SegmentId::new(b"IEA");

pub(crate) const AAA: SegmentId = SegmentId::new(b"AAA");
pub(crate) const AK1: SegmentId = SegmentId::new(b"AK1");
pub(crate) const AK2: SegmentId = SegmentId::new(b"AK2");
pub(crate) const AK9: SegmentId = SegmentId::new(b"AK9");
pub(crate) const AMT: SegmentId = SegmentId::new(b"AMT");
pub(crate) const BDS: SegmentId = SegmentId::new(b"BDS");
pub(crate) const BGN: SegmentId = SegmentId::new(b"BGN");
pub(crate) const BHT: SegmentId = SegmentId::new(b"BHT");
pub(crate) const BIN: SegmentId = SegmentId::new(b"BIN");
pub(crate) const BPR: SegmentId = SegmentId::new(b"BPR");
pub(crate) const CAS: SegmentId = SegmentId::new(b"CAS");
pub(crate) const CAT: SegmentId = SegmentId::new(b"CAT");
pub(crate) const CL1: SegmentId = SegmentId::new(b"CL1");
pub(crate) const CLM: SegmentId = SegmentId::new(b"CLM");
pub(crate) const CLP: SegmentId = SegmentId::new(b"CLP");
pub(crate) const CN1: SegmentId = SegmentId::new(b"CN1");
pub(crate) const CR1: SegmentId = SegmentId::new(b"CR1");
pub(crate) const CR2: SegmentId = SegmentId::new(b"CR2");
pub(crate) const CR3: SegmentId = SegmentId::new(b"CR3");
pub(crate) const CRC: SegmentId = SegmentId::new(b"CRC");
pub(crate) const CTP: SegmentId = SegmentId::new(b"CTP");
pub(crate) const CTX: SegmentId = SegmentId::new(b"CTX");
pub(crate) const CUR: SegmentId = SegmentId::new(b"CUR");
pub(crate) const DMG: SegmentId = SegmentId::new(b"DMG");
pub(crate) const DN1: SegmentId = SegmentId::new(b"DN1");
pub(crate) const DN2: SegmentId = SegmentId::new(b"DN2");
pub(crate) const DTM: SegmentId = SegmentId::new(b"DTM");
pub(crate) const DTP: SegmentId = SegmentId::new(b"DTP");
pub(crate) const EB: SegmentId = SegmentId::new(b"EB");
pub(crate) const EFI: SegmentId = SegmentId::new(b"EFI");
pub(crate) const EQ: SegmentId = SegmentId::new(b"EQ");
pub(crate) const FRM: SegmentId = SegmentId::new(b"FRM");
pub(crate) const HCP: SegmentId = SegmentId::new(b"HCP");
pub(crate) const HCR: SegmentId = SegmentId::new(b"HCR");
pub(crate) const HI: SegmentId = SegmentId::new(b"HI");
pub(crate) const HL: SegmentId = SegmentId::new(b"HL");
pub(crate) const HSD: SegmentId = SegmentId::new(b"HSD");
pub(crate) const III: SegmentId = SegmentId::new(b"III");
pub(crate) const IK3: SegmentId = SegmentId::new(b"IK3");
pub(crate) const IK4: SegmentId = SegmentId::new(b"IK4");
pub(crate) const IK5: SegmentId = SegmentId::new(b"IK5");
pub(crate) const INS: SegmentId = SegmentId::new(b"INS");
pub(crate) const K3: SegmentId = SegmentId::new(b"K3");
pub(crate) const LIN: SegmentId = SegmentId::new(b"LIN");
pub(crate) const LQ: SegmentId = SegmentId::new(b"LQ");
pub(crate) const LX: SegmentId = SegmentId::new(b"LX");
pub(crate) const MEA: SegmentId = SegmentId::new(b"MEA");
pub(crate) const MIA: SegmentId = SegmentId::new(b"MIA");
pub(crate) const MOA: SegmentId = SegmentId::new(b"MOA");
pub(crate) const MPI: SegmentId = SegmentId::new(b"MPI");
pub(crate) const MSG: SegmentId = SegmentId::new(b"MSG");
pub(crate) const N1: SegmentId = SegmentId::new(b"N1");
pub(crate) const N3: SegmentId = SegmentId::new(b"N3");
pub(crate) const N4: SegmentId = SegmentId::new(b"N4");
pub(crate) const NM1: SegmentId = SegmentId::new(b"NM1");
pub(crate) const NTE: SegmentId = SegmentId::new(b"NTE");
pub(crate) const NX1: SegmentId = SegmentId::new(b"NX1");
pub(crate) const OI: SegmentId = SegmentId::new(b"OI");
pub(crate) const OOI: SegmentId = SegmentId::new(b"OOI");
pub(crate) const PAT: SegmentId = SegmentId::new(b"PAT");
pub(crate) const PER: SegmentId = SegmentId::new(b"PER");
pub(crate) const PLB: SegmentId = SegmentId::new(b"PLB");
pub(crate) const PRV: SegmentId = SegmentId::new(b"PRV");
pub(crate) const PS1: SegmentId = SegmentId::new(b"PS1");
pub(crate) const PWK: SegmentId = SegmentId::new(b"PWK");
pub(crate) const QUANTITY: SegmentId = SegmentId::new(b"QTY");
pub(crate) const RDM: SegmentId = SegmentId::new(b"RDM");
pub(crate) const REF: SegmentId = SegmentId::new(b"REF");
pub(crate) const SBR: SegmentId = SegmentId::new(b"SBR");
pub(crate) const STC: SegmentId = SegmentId::new(b"STC");
pub(crate) const SV1: SegmentId = SegmentId::new(b"SV1");
pub(crate) const SV2: SegmentId = SegmentId::new(b"SV2");
pub(crate) const SV3: SegmentId = SegmentId::new(b"SV3");
pub(crate) const SV5: SegmentId = SegmentId::new(b"SV5");
pub(crate) const SVC: SegmentId = SegmentId::new(b"SVC");
pub(crate) const SVD: SegmentId = SegmentId::new(b"SVD");
pub(crate) const TA1: SegmentId = SegmentId::new(b"TA1");
pub(crate) const TOO: SegmentId = SegmentId::new(b"TOO");
pub(crate) const TRN: SegmentId = SegmentId::new(b"TRN");
pub(crate) const TS2: SegmentId = SegmentId::new(b"TS2");
pub(crate) const TS3: SegmentId = SegmentId::new(b"TS3");
pub(crate) const UM: SegmentId = SegmentId::new(b"UM");

/// Whether a segment belongs to the envelope and to no loop.
#[inline]
pub(crate) fn is_of_envelope(id: SegmentId) -> bool {
    matches!(id, ISA | GS | ST | SE | GE | IEA)
}
