//! A disk that lies: one task is lost and says so, the others go on; a newer store is not touched.
