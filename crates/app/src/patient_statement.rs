//! Telling guarantors what they owe.
