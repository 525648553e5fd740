//! The scenario file: the built-in one is sound, and mistakes are told by line and field.

use std::path::Path;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use triage::{Kind, Service};

use crate::dispatch::geo::Position;
use crate::dispatch::scenario::{Scenario, ScenarioError};

const SMALL: &str = r#"version = 1
name = "two houses"

[area]
south = 51.0
west = -1.0
north = 52.0
east = 0.0

[[place]]
name = "Mill Rd"
lat = 51.5
lon = -0.5

[[station]]
id = "S"
name = "Somewhere"
service = "fire"
lat = 51.5
lon = -0.4

[[unit]]
id = "E1"
type = "engine"
station = "S"

[[run_card]]
incident = "*"
service = "fire"
units = [{ type = "engine", count = 1 }]
"#;

#[track_caller]
fn mistake(from: &str, to: &str, expected: &str) {
    assert!(SMALL.contains(from), "{from}");
    let error = Scenario::parse(&SMALL.replace(from, to)).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn the_built_in_town_has_units_for_demos_and_a_card_for_every_incident() {
    let town = Scenario::sample();
    let counts = Service::ALL.map(|service| town.unit_count(service));
    assert_eq!(counts, [18, 22, 22]);
    for (kind, service) in Kind::ALL.into_iter().flat_map(|kind| Service::ALL.map(|service| (kind, service))) {
        assert!(!town.card(kind.as_str(), service, 1).unwrap().needs.is_empty(), "{kind} {service}");
    }
}

#[test]
fn a_pressing_incident_gets_the_higher_level() {
    let town = Scenario::sample();
    let engines = |priority| town.card("fire", Service::Fire, priority).unwrap().needs[0].count;
    assert_eq!((engines(1), engines(2), engines(3)), (2, 1, 1));
}

#[test]
fn a_run_card_says_when_somebody_should_be_there_or_does_not() {
    let small = Scenario::parse(SMALL).unwrap();
    assert_eq!(small.card("fire", Service::Fire, 1).unwrap().sla, None);
    let town = Scenario::sample();
    let sla = |priority| town.card("fire", Service::Fire, priority).unwrap().sla.map(|sla| sla.as_secs());
    assert_eq!((sla(1), sla(3)), (Some(480), Some(600)));
}

#[test]
fn of_several_words_for_types_the_longest_count_and_of_equal_ones_the_first() {
    let types = r#"
[[incident]]
type = "leak"
words = ["leak", "spilt oil"]

[[incident]]
type = "gas"
words = ["gas leak", "spilt tar", "leak"]
level = 2
"#;
    let town = Scenario::parse(&format!("{SMALL}{types}")).unwrap();
    let cases = [
        ("There's a gas LEAK!", Some("gas")),
        ("a leak of gas", Some("leak")),
        ("spilt tar and spilt oil", Some("leak")),
        ("bleak", None),
        ("", None),
    ];
    for (words, kind) in cases {
        assert_eq!(town.recognise(words), kind, "{words}");
    }
    assert_eq!(Scenario::parse(SMALL).unwrap().recognise("a leak"), None);
}

#[test]
fn the_built_in_town_lists_types_with_its_words_and_priorities() {
    let town = Scenario::sample();
    for kind in ["explosion", "hazmat", "water-rescue", "collision", "suspicious-object"] {
        assert!(town.priority(kind).is_some() && kind.parse::<Kind>().is_ok(), "{kind}");
    }
    let cases = [
        ("a pile-up on the bypass", "collision"),
        ("the ferry has capsized", "water-rescue"),
        ("an unattended suitcase at the station", "suspicious-object"),
        ("ammonia leak at the dairy", "hazmat"),
    ];
    for (words, kind) in cases {
        assert_eq!(town.recognise(words), Some(kind), "{words}");
    }
}

#[test]
fn a_known_place_is_found_by_its_words_and_an_unknown_one_gets_a_point_of_its_own() {
    let small = Scenario::parse(SMALL).unwrap();
    let known = small.locate("Flat 2, 9 Mill Road, Somewhere");
    assert!(known.known);
    assert_eq!((known.position.lat, known.position.lon), (51.5, -0.5));
    let (here, there) = (small.locate("1 Nowhere Lane"), small.locate("2 Nowhere Lane"));
    assert!(!here.known && here != there && here == small.locate("1 nowhere ln"));
    assert!(!small.locate("Millroad").known);
}

#[test]
fn mistakes_are_told_by_line_and_field() {
    mistake("version = 1", "version = 2", "line 1, version");
    mistake("north = 52.0", "north = 50.0", "area");
    mistake("lat = 51.5\nlon = -0.5", "lat = 41.5\nlon = -0.5", "line 10, place");
    mistake(
        "service = \"fire\"\nlat",
        "service = \"coastguard\"\nlat",
        "station.service: unknown service \"coastguard\"",
    );
    mistake("station = \"S\"", "station = \"T\"", "line 22, unit.station: there is no station \"T\"");
    mistake(
        "type = \"engine\", count = 1",
        "type = \"boat\", count = 1",
        "run_card.units: fire has no unit of type \"boat\"",
    );
    mistake("count = 1", "count = 0", "at least one unit");
    for seconds in ["0", "86401"] {
        let card = format!("service = \"fire\"\nsla_s = {seconds}\nunits");
        mistake("service = \"fire\"\nunits", &card, "run_card.sla_s: must be from 1 to 86400 seconds");
    }
    mistake("incident = \"*\"", "incident = \"fire\"", "no run card with incident = \"*\"");
}

#[test]
fn mistakes_of_form_show_the_line() {
    mistake("id = \"E1\"", "name = \"E1\"", "line 23");
    mistake("lat = 51.5\nlon = -0.4", "lat = \"north\"\nlon = -0.4", "line 19");
    mistake("[area]", "[area", "line 4");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = Scenario::read(Path::new("/no/such/file.toml")).unwrap_err();
    assert!(matches!(error, ScenarioError::Read { .. }));
    assert!(error.to_string().contains("/no/such/file.toml"));
}

/// What may stand where a value stands.
const VALUES: [&str; 14] = [
    "0",
    "-1",
    "1e308",
    "5e-324",
    "nan",
    "inf",
    "-inf",
    "9223372036854775807",
    "\"\"",
    "\"x\"",
    "true",
    "[]",
    "{}",
    "[[",
];

proptest! {
    #[test]
    fn any_change_of_a_file_is_read_or_refused(
        changes in prop::collection::vec((any::<Index>(), 0..3_u8, select(&VALUES[..])), 1..6),
        slow in select(vec!["", "\n[[travel]]\nservice = \"fire\"\nturnout_s = 0\nspeed_kmh = 5e-324\n"]),
    ) {
        let mut lines: Vec<String> = format!("{SMALL}{slow}").lines().map(str::to_owned).collect();
        for (at, change, value) in changes {
            let at = at.index(lines.len());
            match (change, lines[at].split_once(" = ")) {
                (0, _) => lines[at].clear(),
                (1, _) => lines.insert(at, lines[at].clone()),
                (_, Some((name, _))) => lines[at] = format!("{name} = {value}"),
                (_, None) => lines[at] = value.to_owned(),
            }
        }
        match Scenario::parse(&lines.join("\n")) {
            Ok(town) => {
                let home = Position { lat: 51.5, lon: -0.4 };
                prop_assert!(town.travel(Service::Fire).drive(home, home) <= std::time::Duration::from_hours(24));
            }
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }
}
