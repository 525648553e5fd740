//! Tokens of pages: each names its place, and any other text is refused by its field.

use proptest::prelude::*;
use store::PageKey;
use types::{TaskId, Timestamp};

use super::{Error, parse, token};

proptest! {
    #[test]
    fn a_token_names_the_place_and_the_total_that_it_was_made_for(
        millis in any::<u64>(), id in any::<[u8; 16]>(), total in any::<u64>()
    ) {
        let key = PageKey { changed_at: Timestamp::from_millis(millis), id: TaskId::from_bytes(id) };
        prop_assert_eq!(parse(&token(key, total)).unwrap(), (key, total));
    }

    #[test]
    fn any_other_text_is_refused_by_its_field(text in "[0-9a-f+ -]{0,60}|.{0,20}") {
        if let Err(error) = parse(&text) {
            let Error::Validation(violations) = error else { panic!("{error:?}") };
            prop_assert_eq!(&violations[0].field, "page_token");
        }
    }
}
