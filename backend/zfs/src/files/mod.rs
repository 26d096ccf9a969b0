//! Files beneath an opened directory, and nowhere else.
