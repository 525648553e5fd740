//! Chance that is the same every time: a number from the scenario's seed and the words of what it decides.

/// A number from 0 to 1, evenly spread over different words.
pub(crate) fn share(seed: u64, words: &[&dyn std::fmt::Display]) -> f64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ seed;
    for word in words {
        for byte in format!("{word}/").bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    f64::from(u32::try_from(mixed(hash) >> 32).unwrap_or(u32::MAX)) / f64::from(u32::MAX)
}

/// FNV-1a leaves the upper bits of similar words alike; this spreads them (the finaliser of SplitMix64).
fn mixed(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}
