//! What the benches with figures of their own are asked for: `cargo bench --bench NAME -- --slack 2`.

/// Whether the argument is given. `--test` is criterion's own word for: shall only be seen to work.
pub(crate) fn is_given(wanted: &str) -> bool {
    std::env::args().any(|argument| argument == wanted)
}

/// How many times its limit a measurement may take: more than 1 where other programs share the machine.
pub(crate) fn slack() -> f64 {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--slack");
    arguments.nth(1).map_or(1.0, |slack| slack.parse().unwrap())
}
