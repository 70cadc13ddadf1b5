//! Lists in one column: an array of PostgreSQL, or one of JSON.
//!
//! The order of a list is what somebody last dragged where, and the importer's own; so it says nothing.

/// The items of a list, in the order of their letters; `None` where it is none.
pub(super) fn of_cell(text: &str) -> Option<Box<[Box<str>]>> {
    let items = match text.as_bytes().first()? {
        b'[' => serde_json::from_str(text).ok()?,
        b'{' => of_array(text.strip_prefix('{')?.strip_suffix('}')?)?,
        _ => return None,
    };
    Some(sorted(items))
}

/// Items in the order in which lists are compared.
pub(super) fn sorted(mut items: Vec<Box<str>>) -> Box<[Box<str>]> {
    items.sort_unstable();
    items.into()
}

/// The items between the braces: those with marks of their own stand in quotes, after a backslash each.
fn of_array(text: &str) -> Option<Vec<Box<str>>> {
    let mut items = Vec::new();
    let mut rest = text.chars().peekable();
    while rest.peek().is_some() {
        let mut item = String::new();
        if rest.next_if_eq(&'"').is_some() {
            loop {
                match rest.next()? {
                    '"' => break,
                    '\\' => item.push(rest.next()?),
                    letter => item.push(letter),
                }
            }
        } else {
            while let Some(letter) = rest.next_if(|letter| *letter != ',') {
                // A list of lists is no list of options.
                if matches!(letter, '{' | '}') {
                    return None;
                }
                item.push(letter);
            }
        }
        items.push(item.into());
        match rest.next() {
            None => break,
            Some(',') => {}
            Some(_) => return None,
        }
    }
    Some(items)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As PostgreSQL writes an array of texts; it may quote more than it must.
    fn written(items: &[String], quote_all: bool) -> String {
        let quoted = |item: &String| {
            let plain = item.chars().all(char::is_alphanumeric) && !item.is_empty();
            match plain && !quote_all {
                true => item.clone(),
                false => format!("\"{}\"", item.replace('\\', "\\\\").replace('"', "\\\"")),
            }
        };
        format!(
            "{{{}}}",
            items.iter().map(quoted).collect::<Vec<_>>().join(",")
        )
    }

    proptest! {
        #[test]
        fn every_list_is_read_in_both_forms_and_in_any_order(
            items in proptest::collection::vec("\\PC{0,5}", 0..5), quote_all: bool,
        ) {
            let list = sorted(items.iter().map(|item| item.as_str().into()).collect());
            let array = of_cell(&written(&items, quote_all));
            prop_assert_eq!(array.as_ref(), Some(&list));
            let mut turned = items;
            turned.reverse();
            let json = of_cell(&serde_json::to_string(&turned).unwrap());
            prop_assert_eq!(json, Some(list));
        }

        #[test]
        fn no_cell_makes_reading_panic(cell in "[{}\\[\\]\",\\\\a ]{0,9}") {
            let _ = of_cell(&cell);
        }
    }

    #[test]
    fn what_is_no_list_is_none() {
        for text in ["", "a, b", "{a", "{\"a}", "{{a},{b}}", "{\"a\"b}", "[1]"] {
            assert_eq!(of_cell(text), None, "{text}");
        }
    }
}
