//! What a path may look like before and after it is filled in.

/// Why a path with its query cannot be sent as it stands; `None` when it can.
///
/// It must reach the route that is written and no other: nothing in it may be read as another host,
/// and no part of it may be resolved or cut off on the way (RFC 3986, 3.3 and 5.2.4).
pub(super) fn problem(path: &str) -> Option<String> {
    if !path.starts_with('/') {
        return Some("it does not begin with `/`".to_owned());
    }
    if path.starts_with("//") {
        return Some("`//` at its beginning would name another host".to_owned());
    }
    if let Some(wrong) = path.chars().find(|c| !allowed(*c)) {
        return Some(format!(
            "{wrong:?} cannot stand in a path; percent-encode it"
        ));
    }
    if let Some(wrong) = broken_escape(path) {
        return Some(format!("`{wrong}` is not a percent-encoded byte"));
    }
    let route = path.split('?').next().unwrap_or(path);
    let dots = |segment: &str| {
        let plain = segment.to_ascii_lowercase().replace("%2e", ".");
        plain == "." || plain == ".."
    };
    route
        .split('/')
        .find(|segment| dots(segment))
        .map(|segment| format!("the segment `{segment}` would be resolved to another route"))
}

fn allowed(character: char) -> bool {
    character.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@/?%".contains(character)
}

fn broken_escape(path: &str) -> Option<String> {
    path.match_indices('%').find_map(|(at, _)| {
        let digits: String = path[at + 1..].chars().take(2).collect();
        let whole = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        (!whole).then(|| format!("%{digits}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_path_with_a_query_is_right() {
        for path in ["/", "/api/tasks", "/api/tasks?q=a%20b&x=1", "/a/%2F/b..c"] {
            assert_eq!(problem(path), None, "{path}");
        }
    }

    #[test]
    fn a_path_that_would_end_elsewhere_is_refused() {
        let wrong = [
            "api",
            "",
            "//host/x",
            "/a/../b",
            "/a/%2e%2E/b",
            "/a/.",
            "/a#b",
            "/a b",
            "/a\\b",
            "/é",
            "/a%2",
            "/a%zz",
        ];
        for path in wrong {
            assert!(problem(path).is_some(), "{path}");
        }
    }
}
