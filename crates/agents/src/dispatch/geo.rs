//! Positions, distances and travel times.

use std::time::Duration;

/// Roads are longer than the line between two points, by this factor.
const DETOUR: f64 = 1.3;
/// Mean radius of the earth in metres.
const EARTH: f64 = 6_371_000.0;

/// A point on the map, in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Position {
    pub(crate) lat: f64,
    pub(crate) lon: f64,
}

impl Position {
    /// The distance in metres along a great circle.
    pub(crate) fn distance(self, other: Self) -> f64 {
        let (from, to) = (self.lat.to_radians(), other.lat.to_radians());
        let (lat, lon) = (to - from, (other.lon - self.lon).to_radians());
        let half = (lat / 2.0).sin().powi(2) + from.cos() * to.cos() * (lon / 2.0).sin().powi(2);
        2.0 * EARTH * half.sqrt().min(1.0).asin()
    }

    /// The point so far on the way to `other`, from 0 to 1.
    pub(crate) fn toward(self, other: Self, share: f64) -> Self {
        let share = share.clamp(0.0, 1.0);
        Self { lat: self.lat + (other.lat - self.lat) * share, lon: self.lon + (other.lon - self.lon) * share }
    }
}

/// A box on the map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Area {
    pub(crate) south: f64,
    pub(crate) west: f64,
    pub(crate) north: f64,
    pub(crate) east: f64,
}

impl Area {
    pub(crate) fn contains(&self, at: Position) -> bool {
        (self.south..=self.north).contains(&at.lat) && (self.west..=self.east).contains(&at.lon)
    }

    pub(crate) fn middle(&self) -> Position {
        self.at(0.5, 0.5)
    }

    /// A point that words stand for when nobody knows the place: always the same for the same words.
    pub(crate) fn point_of(&self, words: &str) -> Position {
        let hash = hash(words);
        self.at(fraction(hash), fraction(hash.rotate_left(32)))
    }

    fn at(&self, up: f64, right: f64) -> Position {
        let lat = self.south + (self.north - self.south) * up;
        Position { lat, lon: self.west + (self.east - self.west) * right }
    }
}

/// FNV-1a of the words; stays the same for ever, unlike the standard library's hash.
fn hash(words: &str) -> u64 {
    words.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The upper half of a hash as a number from 0 to 1.
fn fraction(hash: u64) -> f64 {
    f64::from(u32::try_from(hash >> 32).unwrap_or(u32::MAX)) / f64::from(u32::MAX)
}

/// How units of a service move and work, in seconds unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Travel {
    /// From the call to the road.
    pub(crate) turnout: f64,
    /// On the road, in kilometres per hour.
    pub(crate) speed: f64,
    /// Work on scene, on average.
    pub(crate) scene: f64,
    /// Handing over a patient, on average.
    pub(crate) hospital: f64,
    /// From the end of the work until it can be sent again, on average.
    pub(crate) ready: f64,
}

impl Travel {
    /// Of a service that the scenario says nothing of.
    pub(crate) const USUAL: Self = Self { turnout: 60.0, speed: 45.0, scene: 900.0, hospital: 600.0, ready: 60.0 };

    /// How long the drive is.
    pub(crate) fn drive(&self, from: Position, to: Position) -> Duration {
        let metres_per_second = self.speed / 3.6;
        let seconds = from.distance(to) * DETOUR / metres_per_second;
        // No way at no speed is no number.
        Duration::from_secs_f64(if seconds > 0.0 { seconds.min(86_400.0) } else { 0.0 })
    }
}
