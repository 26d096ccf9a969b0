//! Names as words: split and folded once, for both engines.
