//! Sealing and sending 837 files.
