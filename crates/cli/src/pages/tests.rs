//! Where lists end.

use super::Pages;
use crate::args::Which;
use crate::endpoints::Endpoint;

fn turned(tokens: &[&str], most: usize) -> Result<Vec<String>, String> {
    let common = crate::args::Common::default();
    let endpoint = Endpoint::of_service(&common, &Which::At("http://agent:1".to_owned())).unwrap();
    let mut pages = Pages::of(&endpoint).at_most(most);
    let turn = |token: &&str| pages.next((*token).to_owned()).map_err(|failure| failure.to_string()).transpose();
    tokens.iter().filter_map(turn).collect()
}

#[test]
fn a_list_ends_with_its_last_page_and_with_an_error_where_it_goes_round_or_on() {
    assert_eq!(turned(&["a", "b", ""], 3), Ok(vec!["a".to_owned(), "b".to_owned()]));
    for (tokens, why) in [(&["a", "b", "a"], "names the page \"a\" again"), (&["a", "b", "c"], "more than 3 pages")] {
        let refused = turned(tokens, 3).unwrap_err();
        assert!(
            refused.contains("the service at http://agent:1: its list has no end") && refused.contains(why),
            "{refused}"
        );
    }
}
