//! The headers by which a cache gives itself away. They are kept as they came; whether one makes an
//! answer worthless as a measurement is for the verdict to say.

use ::http::HeaderMap;

/// The headers that are kept from every answer.
pub const CACHE_HEADERS: [&str; 5] = [
    "age",
    "x-cache",
    "cf-cache-status",
    "x-vercel-cache",
    "x-nextjs-cache",
];

/// The cache headers of an answer, as `name: value`.
pub(super) fn cache_headers(headers: &HeaderMap) -> Vec<String> {
    CACHE_HEADERS
        .iter()
        .flat_map(|name| {
            headers
                .get_all(*name)
                .into_iter()
                .map(move |value| (name, value))
        })
        .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
        .collect()
}
