//! Practice, providers, payers, patients, coverages.
