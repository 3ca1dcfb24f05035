//! Who may do it: the one door between a use case and the permission matrix.
